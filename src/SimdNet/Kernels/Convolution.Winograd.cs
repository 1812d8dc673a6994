using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>Where a quarter of the multiplications will do.</content>
public static unsafe partial class Convolution
{
    private static void RunTiles<TForm, TActivation>(
        in ConvolutionShape shape, float* x, float* w, PackedWinograd? packed, float* bias, float* y, TActivation activation, bool pools, int maxThreads)
        where TForm : struct, Winograd.IForm
        where TActivation : struct, IUnaryOperator
    {
        float* room = packed is null ? WinogradRoom(in shape, Winograd.Grid(in shape)) : packed.Points;
        WinogradGroups<TForm, TActivation> groups = new(shape, x, w, bias, room, y, activation, back: false, packed, pools);
        RunGroups(groups, in shape, maxThreads);
    }

    /// <summary>
    /// Outputs of every group, of each 2 × 2 the largest if it pools; or carried back the gradient of the inputs: the same with weights that are turned
    /// round, and padding of the rest.
    /// </summary>
    private readonly struct WinogradGroups<TForm, TActivation>(
        ConvolutionShape shape, float* x, float* w, float* bias, float* room, float* y, TActivation activation, bool back, PackedWinograd? packed = null,
        bool pools = false) : IGroups
        where TForm : struct, Winograd.IForm
        where TActivation : struct, IUnaryOperator
    {
        public void Run(int group, int maxThreads)
        {
            int seen = back ? shape.GroupOutChannels : shape.GroupChannels, made = back ? shape.GroupChannels : shape.GroupOutChannels;
            (Shape from, Shape to) = back ? (shape.Output, shape.Image) : (shape.Image, shape.Output);
            int padY = shape.Vertical.PadBefore, padX = shape.Horizontal.PadBefore;
            Winograd.Product<TForm, TActivation> product = default;
            product.Grid = back ? new(shape.Batch, to[1], to[2]) : Winograd.Grid(in shape);
            product.Source = new(
                (nint)(x + ((nint)group * seen * from[1] * from[2])), from.Length, from[1], from[2], back ? 2 - padY : padY, back ? 2 - padX : padX);
            product.Weights = new(
                w + ((nint)group * (shape.Weight.Length / shape.Groups)), shape.GroupOutChannels, shape.GroupChannels, back);
            product.U = room == null ? null : room + ((nint)group * Winograd.WeightLength(in shape));
            product.IsPacked = packed is not null;
            product.IsAcross = packed is { IsAcross: true };
            product.Bias = bias == null ? null : bias + (group * made);
            product.Activation = activation;
            product.Pools = pools;
            nint area = pools ? (nint)(to[1] / 2) * (to[2] / 2) : (nint)to[1] * to[2];
            product.Y = y + (group * made * area);
            product.ImageStride = to[0] * area;
            product.Run(maxThreads);
        }
    }

    private readonly struct WinogradWeightGroups(ConvolutionShape shape, float* x, float* dOutput, float* dWeight) : IGroups
    {
        public void Run(int group, int maxThreads)
        {
            (int channels, int outChannels) = (shape.GroupChannels, shape.GroupOutChannels);
            (int height, int width) = (shape.Output[1], shape.Output[2]);
            Winograd.WeightGradient gradient = default;
            gradient.Grid = new(shape.Batch, height, width);
            gradient.Pixels = new(
                (nint)(x + ((nint)group * channels * shape.Area)), shape.Image.Length, shape.Image[1], shape.Image[2],
                shape.Vertical.PadBefore, shape.Horizontal.PadBefore);
            gradient.Gradients = new((nint)(dOutput + ((nint)group * outChannels * shape.OutArea)), shape.Output.Length, height, width, 0, 0);
            gradient.Channels = channels;
            gradient.OutChannels = outChannels;
            gradient.Room = RoomForWeights(Winograd.WeightGradient.RoomLength(outChannels, channels)); // of the thread that has the group
            gradient.DWeight = dWeight + ((nint)group * (shape.Weight.Length / shape.Groups));
            gradient.Run(maxThreads);
        }
    }

    /// <summary>
    /// Room for the weights at the points; or none, and they are made as they are needed: where few tiles would read them, and where they are four times as
    /// many as a buffer holds.
    /// </summary>
    private static float* WinogradRoom(in ConvolutionShape shape, in TileGrid grid)
    {
        long length = (long)shape.Groups * Winograd.WeightLength(in shape);
        return grid.Count <= Winograd.MostTiles || length > AlignedBuffer.MaxLength ? null : RoomForWeights((int)length);
    }
}

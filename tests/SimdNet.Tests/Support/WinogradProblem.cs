using SimdNet.Kernels;
using SimdNet.Tests.Reference;

namespace SimdNet.Tests.Support;

/// <summary>
/// A convolution in tiles of 4 × 4 outputs, at stride 2 of 2 × 2, and its bound: four times that of a direct sum whose pixels are all as large as the largest that their tile
/// sees in that channel. A pixel's error comes to all outputs of its tile, whichever of them it is multiplied for.
/// </summary>
internal sealed class WinogradProblem(ConvolutionCase @case)
{
    private const int Side = 4, Seen = 6, Factor = 4; // of stride 1; tiles begin four pixels apart

    private readonly ConvolutionProblem _problem = new(@case);

    private double[]? _weights;

    private ConvolutionShape Shape => _problem.Shape;

    private int GroupChannels => Shape.Weight[1];

    private int GroupOutChannels => Shape.OutChannels / Shape.Groups;

    public void AssertForward()
    {
        float[] y = new float[Shape.OutputLength];
        Array.Fill(y, float.NaN);
        Convolution.Forward(_problem.X, _problem.W, _problem.Bias, y, Shape);
        int stride = Shape.Vertical.Stride, seen = Seen + 1 - stride;
        double[] largest = Largest(
            _problem.X, Shape.Image.ToArray(), Shape.Vertical.PadBefore, Shape.Horizontal.PadBefore, seen, stride * Shape.Output[1], stride * Shape.Output[2]);
        double[] magnitudes = new double[y.Length];
        Each(Shape.Output.ToArray(), Side / stride, (i, image, o, tile, tiles) =>
        {
            magnitudes[i] = _problem.Bias.Length == 0 ? 0 : Factor * Math.Abs(_problem.Bias[o]);
            for (int c = 0; c < GroupChannels; c++)
            {
                int channel = (o / GroupOutChannels * GroupChannels) + c;
                magnitudes[i] += Factor * Weight(o, c) * largest[(((image * Shape.Image[0]) + channel) * tiles) + tile];
            }
        });
        ConvolutionProblem.AssertNear(
            ConvolutionReference.Forward(
                ConvolutionProblem.Widen(_problem.X), ConvolutionProblem.Widen(_problem.W), ConvolutionProblem.Widen(_problem.Bias), Shape),
            magnitudes, y, Shape.Weight.Length / Shape.OutChannels);
    }

    public void AssertBackwardInput()
    {
        float[] dInput = new float[Shape.InputLength];
        Array.Fill(dInput, float.NaN);
        Convolution.BackwardInput(_problem.DOutput, _problem.W, dInput, Shape);
        double[] largest = Largest(
            _problem.DOutput, Shape.Output.ToArray(), 2 - Shape.Vertical.PadBefore, 2 - Shape.Horizontal.PadBefore, Seen, Shape.Image[1], Shape.Image[2]);
        double[] magnitudes = new double[dInput.Length];
        Each(Shape.Image.ToArray(), Side, (i, image, channel, tile, tiles) =>
        {
            int group = channel / GroupChannels;
            for (int o = group * GroupOutChannels; o < (group + 1) * GroupOutChannels; o++)
            {
                magnitudes[i] += Factor * Weight(o, channel % GroupChannels) * largest[(((image * Shape.OutChannels) + o) * tiles) + tile];
            }
        });
        ConvolutionProblem.AssertNear(
            ConvolutionReference.BackwardInput(ConvolutionProblem.Widen(_problem.DOutput), ConvolutionProblem.Widen(_problem.W), Shape),
            magnitudes, dInput, Shape.Weight.Length / Shape.Image[0]);
    }

    /// <summary>Of a tile's 16 terms each is as large as its largest pixel and its largest gradient.</summary>
    public void AssertBackwardWeight()
    {
        float[] dWeight = new float[Shape.Weight.Length];
        Array.Fill(dWeight, float.NaN);
        Convolution.BackwardWeight(_problem.X, _problem.DOutput, dWeight, Shape);
        (int height, int width) = (Shape.Output[1], Shape.Output[2]);
        double[] pixels = Largest(_problem.X, Shape.Image.ToArray(), Shape.Vertical.PadBefore, Shape.Horizontal.PadBefore, Seen, height, width);
        double[] gradients = Largest(_problem.DOutput, Shape.Output.ToArray(), 0, 0, Side, height, width), magnitudes = new double[dWeight.Length];
        int tiles = pixels.Length / (Shape.Batch * Shape.Image[0]);
        for (int i = 0; i < dWeight.Length; i++)
        {
            (int o, int c) = Math.DivRem(i / 9, GroupChannels);
            int channel = (o / GroupOutChannels * GroupChannels) + c;
            for (int tile = 0; tile < Shape.Batch * tiles; tile++)
            {
                (int image, int place) = Math.DivRem(tile, tiles);
                magnitudes[i] += Factor * Side * Side
                    * pixels[(((image * Shape.Image[0]) + channel) * tiles) + place] * gradients[(((image * Shape.OutChannels) + o) * tiles) + place];
            }
        }

        ConvolutionProblem.AssertNear(
            ConvolutionReference.BackwardWeight(ConvolutionProblem.Widen(_problem.X), ConvolutionProblem.Widen(_problem.DOutput), Shape),
            magnitudes, dWeight, Shape.OutputLength / Shape.OutChannels);
    }

    /// <summary>Each value of images of [channels, height, width], and the tile of its plane that it lies in.</summary>
    private void Each(int[] image, int side, Action<int, int, int, int, int> value)
    {
        int area = image[1] * image[2], tilesX = Tiles(image[2], side);
        for (int i = 0; i < Shape.Batch * image[0] * area; i++)
        {
            (int y, int x) = Math.DivRem(i % area, image[2]);
            value(i, i / area / image[0], i / area % image[0], (y / side * tilesX) + (x / side), Tiles(image[1], side) * tilesX);
        }
    }

    /// <summary>The magnitudes of all taps between two channels.</summary>
    private double Weight(int o, int channel)
    {
        _weights ??= [.. ConvolutionProblem.Magnitudes(_problem.W).Chunk(9).Select(taps => taps.Sum())];
        return _weights[(o * GroupChannels) + channel];
    }

    /// <summary>The largest magnitude that each tile sees in each plane.</summary>
    private static double[] Largest(float[] values, int[] image, int padY, int padX, int seen, int height, int width)
    {
        int area = image[1] * image[2], tilesX = Tiles(width), tiles = Tiles(height) * tilesX;
        double[] largest = new double[values.Length / area * tiles];
        for (int i = 0; i < values.Length; i++)
        {
            (int y, int x) = Math.DivRem(i % area, image[2]);
            for (int tileY = Math.Max(0, (y + padY - seen) / Side); tileY <= Math.Min((y + padY) / Side, Tiles(height) - 1); tileY++)
            {
                for (int tileX = Math.Max(0, (x + padX - seen) / Side); tileX <= Math.Min((x + padX) / Side, tilesX - 1); tileX++)
                {
                    (int fromY, int fromX) = (y + padY - (tileY * Side), x + padX - (tileX * Side));
                    ref double place = ref largest[(i / area * tiles) + (tileY * tilesX) + tileX];
                    place = fromY >= 0 && fromY < seen && fromX >= 0 && fromX < seen ? Math.Max(place, Math.Abs(values[i])) : place;
                }
            }
        }

        return largest;
    }

    private static int Tiles(int size, int side = Side) => (size + side - 1) / side;
}

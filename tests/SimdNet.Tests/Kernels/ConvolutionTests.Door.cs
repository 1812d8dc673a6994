using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>What is refused, by name and numbers, before anything is written.</summary>
public sealed partial class ConvolutionTests
{
    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        WindowAxis three = new(3);
        Refuses("A kernel of 3 with dilation 2 reaches over 5 positions, but there are 4: 3 with 1 and 0 of padding.", () =>
            new ConvolutionShape(1, Shape.Image(1, 3, 9), 1, new WindowAxis(3, PadBefore: 1, Dilation: 2), three));
        Refuses("'stride' is 0, expected 1 or more.", () => new ConvolutionShape(1, Shape.Image(1, 9, 9), 1, three, new WindowAxis(3, Stride: 0)));
        Refuses("'dilation' is 0, expected 1 or more.", () => new ConvolutionShape(1, Shape.Image(1, 9, 9), 1, new WindowAxis(3, Dilation: 0), three));
        Refuses("'kernel' is 0, expected 1 or more.", () => new ConvolutionShape(1, Shape.Image(1, 9, 9), 1, default, three));
        Refuses("'padding' is -1, expected 0 or more.", () => new ConvolutionShape(1, Shape.Image(1, 9, 9), 1, new WindowAxis(3, PadAfter: -1), three));
        Refuses("'channels' is 4, expected a multiple of the 3 groups.", () => new ConvolutionShape(1, Shape.Image(4, 9, 9), 6, three, three, groups: 3));
        Refuses("'outChannels' is 5, expected a multiple of the 2 groups.", () => new ConvolutionShape(1, Shape.Image(4, 9, 9), 5, three, three, groups: 2));
        Refuses("'image' has the shape 9 × 9, expected channels × height × width.", () => new ConvolutionShape(1, new Shape(9, 9), 1, three, three));
        Refuses("The product of 'dimensions' [2147483647, 7, 7] is beyond 2147483647.", () =>
            new ConvolutionShape(1, Shape.Image(1, 9, 9), int.MaxValue, three, three));
        Refuses("'batch × image' is 81000000000, expected at most 2147483647.", () =>
            new ConvolutionShape(1_000_000_000, Shape.Image(1, 9, 9), 1, three, three));
        Refuses("'padded size' is 2147483650, expected at most 2147483647.", () =>
            new ConvolutionShape(1, Shape.Image(1, 3, 3), 1, new WindowAxis(3, PadBefore: int.MaxValue), three));
    }

    [Fact]
    public void Lengths_and_overlaps_that_do_not_fit_are_refused_and_nothing_is_written()
    {
        ConvolutionShape shape = ConvolutionCase.Square(2, 3, 5, 4, kernel: 3).Sizes;
        float[] x = new float[150], w = new float[108], bias = new float[4], y = new float[72];
        Array.Fill(y, 7);
        void Names(string name, Action call) => Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(call).ParamName);

        Names("x", () => Convolution.Forward(x.AsSpan(1), w, bias, y, shape));
        Names("w", () => Convolution.Forward(x, w.AsSpan(1), bias, y, shape));
        Names("bias", () => Convolution.Forward(x, w, bias.AsSpan(1), y, shape));
        Names("y", () => Convolution.Forward(x, w, bias, y.AsSpan(1), shape));
        Names("y", () => Convolution.Forward(x, w, bias, x.AsSpan(0, 72), shape));
        Names("y", () => Convolution.Forward(x, w, bias, w.AsSpan(0, 72), shape));
        Names("maxThreads", () => Convolution.Forward(x, w, bias, y, shape, maxThreads: -1));
        Names("dOutput", () => Convolution.BackwardInput(y.AsSpan(1), w, x, shape));
        Names("dInput", () => Convolution.BackwardInput(y, w, x.AsSpan(1), shape));
        Names("dW", () => Convolution.BackwardWeight(x, y, w.AsSpan(1), shape));
        Names("dW", () => Convolution.BackwardWeight(x, y, x.AsSpan(0, 108), shape));
        Names("destination", () => Convolution.BackwardBias(y, bias.AsSpan(1), shape));
        Names("columns", () => Convolution.Im2Col(x, y, shape));
        Names("columns", () => Convolution.Col2Im(y, x, shape));
        Assert.All(y, value => Assert.Equal(7, value));
        Assert.All([.. x, .. w, .. bias], value => Assert.Equal(0, value));
    }

    private static void Refuses(string message, Func<object> make) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
}

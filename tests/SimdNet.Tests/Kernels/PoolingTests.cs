using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

public sealed class PoolingTests
{
    private const int Most = 100;

    [Property(Arbitrary = [typeof(PoolingCases)], MaxTest = Most)]
    public void The_largest_of_each_window_is_found_and_gets_the_gradient(PoolingCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        PoolingShape shape = @case.Sizes;
        float[] values = @case.Values(shape.InputLength, 0), gradient = @case.Values(shape.OutputLength, 1);
        foreach (bool atEnd in (bool[])[true, false])
        {
            using GuardedBuffer x = new(shape.InputLength, atEnd), y = new(shape.OutputLength, atEnd);
            using GuardedBuffer dOutput = new(shape.OutputLength, atEnd), dInput = new(shape.InputLength, atEnd);
            values.CopyTo(x.Span);
            gradient.CopyTo(dOutput.Span);
            Pooling.MaxForward(x.Span, y.Span, shape);
            Assert.Equal(PoolingReference.MaxForward(values, shape), y.Span.ToArray());
            Pooling.MaxBackward(x.Span, y.Span, dOutput.Span, dInput.Span, shape);
            Assert.Equal(PoolingReference.MaxBackward(values, gradient, shape), dInput.Span.ToArray());
        }
    }

    [Property(Arbitrary = [typeof(PoolingCases)], MaxTest = Most)]
    public void The_mean_of_each_window_has_the_bits_of_its_order(PoolingCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        PoolingShape shape = @case.Sizes;
        float[] values = Draws.Normal(shape.InputLength, stream: 1), gradient = Draws.Normal(shape.OutputLength, stream: 2);
        foreach (bool countPadding in (bool[])[true, false])
        {
            using GuardedBuffer x = new(shape.InputLength, countPadding), y = new(shape.OutputLength, countPadding);
            using GuardedBuffer dOutput = new(shape.OutputLength, countPadding), dInput = new(shape.InputLength, countPadding);
            values.CopyTo(x.Span);
            gradient.CopyTo(dOutput.Span);
            Pooling.AverageForward(x.Span, y.Span, shape, countPadding);
            Assert.Equal(PoolingReference.AverageForward(values, shape, countPadding), y.Span.ToArray());
            Pooling.AverageBackward(dOutput.Span, dInput.Span, shape, countPadding);
            Assert.Equal(PoolingReference.AverageBackward(gradient, shape, countPadding), dInput.Span.ToArray());
        }
    }

    /// <summary>⟨sum(x), y⟩ = ⟨x, sumᵀ(y)⟩: of small integers, exactly.</summary>
    [Property(Arbitrary = [typeof(PoolingCases)], MaxTest = Most)]
    public void Sums_of_windows_have_their_adjoint(PoolingCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        PoolingShape shape = @case.Sizes;
        float[] x = @case.Values(shape.InputLength, 0), dOutput = @case.Values(shape.OutputLength, 1);
        float[] y = new float[shape.OutputLength], dInput = new float[shape.InputLength];
        Pooling.SumForward(x, y, shape);
        Pooling.SumBackward(dOutput, dInput, shape);
        Assert.Equal(y.Zip(dOutput, (a, b) => (double)a * b).Sum(), x.Zip(dInput, (a, b) => (double)a * b).Sum());
        Assert.Equal(PoolingReference.Windows(shape).Select(window => window.Sum(i => x[i])), y);
    }

    /// <summary>Lines longer than is laid out at a time; planes and windows larger.</summary>
    [Theory]
    [InlineData(3, 2500, 3, 1, 1)]
    [InlineData(4, 2501, 3, 2, 1)]
    [InlineData(5, 2600, 3, 3, 0)]
    [InlineData(6, 2300, 5, 4, 2)]
    [InlineData(90, 95, 3, 1, 1)]
    [InlineData(130, 110, 4, 2, 1)]
    [InlineData(60, 62, 40, 1, 20)]
    [InlineData(1, 525000, 2, 1, 1)]
    [InlineData(1, 525001, 3, 2, 0)]
    public void What_is_laid_out_in_parts_has_the_bits_of_the_whole(int height, int width, int kernel, int stride, int padding)
    {
        WindowAxis axis = WindowAxis.Of(kernel, stride, padding), across = height == 1 ? new(1) : axis;
        PoolingCase @case = new(1, 1, height, width, across, axis, Seed: 5);
        The_largest_of_each_window_is_found_and_gets_the_gradient(@case);
        The_mean_of_each_window_has_the_bits_of_its_order(@case);
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 3, 1)]
    [InlineData(5, 4, 2)]
    public void A_window_with_NaN_hands_nothing_on(int kernel, int stride, int padding)
    {
        WindowAxis axis = WindowAxis.Of(kernel, stride, padding);
        PoolingShape shape = new(1, Shape.Image(2, 20, 37), axis, axis);
        float[] x = Draws.Normal(shape.InputLength, stream: 4), dOutput = Draws.Normal(shape.OutputLength, stream: 5);
        float[] y = new float[shape.OutputLength], dInput = new float[shape.InputLength], heard = [.. dOutput];
        for (int i = 0; i < x.Length; i += 61)
        {
            x[i] = float.NaN;
        }

        foreach ((int output, List<int> window) in PoolingReference.Windows(shape).Index())
        {
            heard[output] = window.Exists(i => float.IsNaN(x[i])) ? 0 : dOutput[output];
        }

        Pooling.MaxForward(x, y, shape);
        Assert.Equal(PoolingReference.Windows(shape).Select(window => window.Exists(i => float.IsNaN(x[i]))), y.Select(float.IsNaN));
        Pooling.MaxBackward(x, y, dOutput, dInput, shape);
        Assert.Equal(PoolingReference.MaxBackward(x, heard, shape), dInput);
    }

    [Fact]
    public void NaN_stays_and_takes_no_gradient()
    {
        PoolingShape shape = new(1, Shape.Image(1, 2, 4), new WindowAxis(2, 2), new WindowAxis(2, 2));
        float[] x = [1, float.NaN, 5, 6, 3, 4, 8, 7], y = new float[2], dInput = new float[8];
        Pooling.MaxForward(x, y, shape);
        Assert.Equal([float.NaN, 8], y);
        Pooling.MaxBackward(x, y, [10, 20], dInput, shape);
        Assert.Equal([0, 0, 0, 0, 0, 0, 20, 0], dInput);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(49)]
    [InlineData(100)]
    public void The_mean_of_a_whole_plane_and_its_gradient(int area)
    {
        const int Planes = 5;
        float[] x = Draws.Normal(Planes * area, stream: 3), y = new float[Planes], dInput = new float[Planes * area];
        Pooling.GlobalAverageForward(x, area, y);
        for (int plane = 0; plane < Planes; plane++)
        {
            double[] values = [.. x.Skip(plane * area).Take(area).Select(value => (double)value)];
            double bound = Tolerance.Gamma(area + 1) * values.Average(Math.Abs);
            Assert.InRange(y[plane] - values.Average(), -bound, bound);
        }

        Pooling.GlobalAverageBackward(y, area, dInput);
        Assert.Equal(y.SelectMany(value => Enumerable.Repeat(value / area, area)), dInput);
    }

    [Fact]
    public void What_cannot_be_is_refused_and_nothing_is_written()
    {
        Shape image = Shape.Image(1, 6, 6);
        void RefusesSizes(string message, Func<object> make) =>
            Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        void Refuses(string message, Action call) =>
            Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        RefusesSizes("'padding' is 2, expected at most 1.", () => new PoolingShape(1, image, new WindowAxis(3, PadBefore: 2), new WindowAxis(3)));
        RefusesSizes("'kernel' is 1000000, expected at most 524288.", () => new PoolingShape(1, Shape.Image(1, 1, 2_000_000), new(1), new(1_000_000)));
        RefusesSizes("'dilation' is 2, expected at most 1.", () => new PoolingShape(1, image, new WindowAxis(3), new WindowAxis(2, Dilation: 2)));
        RefusesSizes("A kernel of 7 with dilation 1 reaches over 7 positions, but there are 6", () => new PoolingShape(1, image, new WindowAxis(7), new WindowAxis(3)));
        PoolingShape shape = new(1, image, new WindowAxis(2, 2), new WindowAxis(2, 2));
        float[] x = new float[36], y = [.. Enumerable.Repeat(7f, 9)];
        Refuses("'x' holds 35 values, expected 36.", () => Pooling.MaxForward(x.AsSpan(1), y, shape));
        Refuses("'y' holds 8 values, expected 9.", () => Pooling.AverageForward(x, y.AsSpan(1), shape));
        Refuses("'y' starts 3 values after 'x' and overlaps it", () => Pooling.MaxForward(x, x.AsSpan(3, 9), shape));
        Refuses("'dOutput' holds 8 values, expected 9.", () => Pooling.MaxBackward(x, y, y.AsSpan(1), new float[36], shape));
        Refuses("'dInput' starts 0 values after 'x' and overlaps it", () => Pooling.MaxBackward(x, y, y, x, shape));
        Refuses("'x' holds 36 values, expected 45.", () => Pooling.GlobalAverageForward(x, 5, y));
        Assert.All(y, value => Assert.Equal(7, value));
    }
}

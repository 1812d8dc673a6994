using SimdNet.Kernels;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Planes shared among threads; what a thread keeps laid out from plane to plane is its own.</summary>
[Collection(nameof(Alone))]
public sealed class PoolingThreadsTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 3, 2)]
    public void No_number_of_threads_changes_a_bit(int kernel, int stride, int padding)
    {
        PoolingCase @case = new(4, 25, 33, 26, WindowAxis.Of(kernel, stride, padding), WindowAxis.Of(kernel, stride, padding), Seed: 9);
        WorkerTeam.Size = 1;
        float[][] expected = Results(@case);
        foreach (int size in (int[])[2, 3])
        {
            WorkerTeam.Size = size;
            Assert.All(expected.Zip(Results(@case)), pair => Assert.Equal(Widths.Bits(pair.First), Widths.Bits(pair.Second)));
        }
    }

    private static float[][] Results(PoolingCase @case)
    {
        PoolingShape shape = @case.Sizes;
        float[] x = @case.Values(shape.InputLength, 0), dOutput = @case.Values(shape.OutputLength, 1);
        float[] largest = new float[dOutput.Length], mean = new float[dOutput.Length], dLargest = new float[x.Length], dMean = new float[x.Length];
        Pooling.MaxForward(x, largest, shape);
        Pooling.MaxBackward(x, largest, dOutput, dLargest, shape);
        Pooling.AverageForward(x, mean, shape);
        Pooling.AverageBackward(dOutput, dMean, shape, countPadding: false);
        return [largest, mean, dLargest, dMean];
    }
}

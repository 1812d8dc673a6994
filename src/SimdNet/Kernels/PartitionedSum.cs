using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <summary>
/// <c>Σ op(x[i], y[i])</c> over a buffer of any length: partitions, whose number and sizes follow from the length alone, are summed by
/// whichever thread, and their sums added in order, in double.
/// </summary>
internal static unsafe class PartitionedSum
{
    private const int MaxPartitions = 1024; // their sums are 4 KiB of stack
    private const int SmallestPartition = 1 << 14;

    /// <summary>The sum; 0 of nothing.</summary>
    public static double Of<TOperator>(TOperator op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int maxThreads = 0)
        where TOperator : struct, IBinaryOperator
    {
        int size = AlignedBuffer.Align(Math.Max(SmallestPartition, (x.Length / MaxPartitions) + 1));
        int count = (int)(((long)x.Length + size - 1) / size);
        float* sums = stackalloc float[count];
        fixed (float* first = x, second = y)
        {
            WorkerTeam.For(count, grain: 1, new Partitions<TOperator>(op, first, second, x.Length, size, sums), maxThreads);
        }

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += sums[i];
        }

        return sum;
    }

    /// <summary>The partitions from start to end, or all of them, to be cut by a team.</summary>
    internal readonly struct Partitions<TOperator>(
        TOperator op, float* x, float* y, int length, int size, float* sums, int start = 0, int end = 0) : IRangeBody, ISimdKernel
        where TOperator : struct, IBinaryOperator
    {
        public void Invoke(int from, int to)
        {
            Partitions<TOperator> part = new(op, x, y, length, size, sums, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = start; i < end; i++)
            {
                nint offset = (nint)i * size;
                sums[i] = Loops.SumOver<TOperator, TSimd>(op, x + offset, y + offset, (int)Math.Min(size, length - offset));
            }
        }
    }
}

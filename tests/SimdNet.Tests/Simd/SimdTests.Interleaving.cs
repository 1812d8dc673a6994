using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

public unsafe partial class SimdTests
{
    [Fact]
    public void Interleaving_takes_lanes_in_turn_and_deinterleaving_parts_them()
    {
        InterleaveKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    private readonly struct InterleaveKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float[] numbers = [.. Enumerable.Range(0, 2 * TSimd.Count).Select(i => (float)i)], parted = new float[2 * TSimd.Count];
            float[] again = new float[2 * TSimd.Count];
            fixed (float* from = numbers, middle = parted, to = again)
            {
                (TSimd even, TSimd odd) = TSimd.Deinterleave(TSimd.Load(from), TSimd.Load(from + TSimd.Count));
                even.Store(middle);
                odd.Store(middle + TSimd.Count);
                (TSimd low, TSimd high) = TSimd.Interleave(even, odd);
                low.Store(to);
                high.Store(to + TSimd.Count);
            }

            Assert.Equal([.. numbers.Where(number => number % 2 == 0), .. numbers.Where(number => number % 2 == 1)], parted);
            Assert.Equal(numbers, again);
        }
    }
}

using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

public unsafe class MachineLimitTests
{
    [Fact]
    public void The_loops_do_all_the_work_that_they_are_timed_for()
    {
        WorkKernel kernel = default;
        Widths.Each(ref kernel);
    }

    [Fact]
    public void A_rate_is_that_of_some_machine()
    {
        Assert.InRange(MachineLimit.FmaFlopsPerSecond(samples: 1), 1e6, 1e13);
        Assert.InRange(MachineLimit.StreamBytesPerSecond(1, samples: 1), 1e6, 1e14);
    }

    [Fact]
    public void Nothing_cannot_be_measured()
    {
        Assert.Equal("samples", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.FmaFlopsPerSecond(0)).ParamName);
        Assert.Equal("bytes", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.StreamBytesPerSecond(0)).ParamName);
        Assert.Equal("samples", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.StreamBytesPerSecond(1, -1)).ParamName);
    }

    private struct WorkKernel : ISimdKernel
    {
        public readonly void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd sums = MachineLimit.MultiplyAdds(TSimd.Broadcast(0.5f), TSimd.ConvertBits(TSimd.IndicesBits), 100);
            Assert.Equal(Enumerable.Range(0, TSimd.Count).Select(lane => 12 * 100 * 0.5f * lane), ToArray(sums));

            int length = 2 * TSimd.Count;
            using GuardedBuffer a = new(length, atEnd: true), b = new(length, atEnd: true), c = new(length, atEnd: true);
            for (int i = 0; i < length; i++)
            {
                (b.Pointer[i], c.Pointer[i]) = (i, 2 * i);
            }

            MachineLimit.Triad<TSimd>(a.Pointer, b.Pointer, 0.75f, c.Pointer, length);
            Assert.Equal(Enumerable.Range(0, length).Select(i => 2.5f * i), new ReadOnlySpan<float>(a.Pointer, length).ToArray());
        }

        private static float[] ToArray<TSimd>(TSimd vector)
            where TSimd : struct, ISimd<TSimd>
        {
            float[] lanes = new float[TSimd.Count];
            fixed (float* to = lanes)
            {
                vector.Store(to);
            }

            return lanes;
        }
    }
}

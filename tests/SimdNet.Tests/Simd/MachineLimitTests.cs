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
        Assert.InRange(MachineLimit.InPlaceBytesPerSecond(1, read: 4, written: 3, samples: 1), 1e6, 1e14);
    }

    [Fact]
    public void Nothing_cannot_be_measured()
    {
        Assert.Equal("samples", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.FmaFlopsPerSecond(0)).ParamName);
        Assert.Equal("bytes", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.StreamBytesPerSecond(0)).ParamName);
        Assert.Equal("samples", Assert.Throws<ArgumentOutOfRangeException>(() => MachineLimit.StreamBytesPerSecond(1, -1)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>("bytes", () => MachineLimit.InPlaceBytesPerSecond(0, 4, 3));
        Assert.Throws<ArgumentOutOfRangeException>("read", () => MachineLimit.InPlaceBytesPerSecond(1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("written", () => MachineLimit.InPlaceBytesPerSecond(1, 4, 5));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => MachineLimit.InPlaceBytesPerSecond(1, 4, 3, 0));
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

            using GuardedBuffer arrays = new(3 * length, atEnd: true);
            Array.ConvertAll([.. Enumerable.Range(0, 3 * length)], i => (float)i).CopyTo(arrays.Span);
            MachineLimit.AddInPlace<TSimd>(arrays.Pointer, stride: length, read: 3, written: 2, length);
            for (int i = 0; i < length; i++)
            {
                int added = (2 * length) + i;
                Assert.Equal((i + added, length + i + added, added), (arrays.Span[i], arrays.Span[length + i], arrays.Span[added]));
            }
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

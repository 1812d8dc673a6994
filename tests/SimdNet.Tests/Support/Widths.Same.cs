using SimdNet.Simd;
using Xunit;

namespace SimdNet.Tests.Support;

/// <content>Bits that must not depend on the width.</content>
internal static partial class Widths
{
    /// <summary>Runs a kernel at every width and holds the bits it leaves against those of the first; gives them.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="reset">Called before each run.</param>
    /// <param name="results">What a run has left.</param>
    public static float[] Same<TKernel>(TKernel kernel, Action reset, Func<float[]> results)
        where TKernel : struct, ISimdKernel
    {
        Runs<TKernel> runs = new(kernel, reset, results);
        Each(ref runs);
        int[] first = Bits(runs.All[0]);
        Assert.All(runs.All, run => Assert.Equal(first, Bits(run)));
        return runs.All[0];
    }

    public static int[] Bits(ReadOnlySpan<float> values)
    {
        int[] bits = new int[values.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = float.IsNaN(values[i]) ? int.MinValue + 1 : BitConverter.SingleToInt32Bits(values[i]); // NaN as such has one meaning
        }

        return bits;
    }

    private readonly struct Runs<TKernel>(TKernel kernel, Action reset, Func<float[]> results) : ISimdKernel
        where TKernel : struct, ISimdKernel
    {
        public List<float[]> All { get; } = [];

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            reset();
            kernel.Invoke<TSimd>();
            All.Add(results());
        }
    }
}

using SimdNet.Simd;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Simd;

/// <content>Powers of two, and the tree of a reduction.</content>
public unsafe partial class SimdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-24)]
    [InlineData(-126)]
    [InlineData(-127)]
    [InlineData(-149)]
    [InlineData(-150)]
    [InlineData(-252)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(252)]
    public void Scaling_rounds_once(int n)
    {
        foreach (float a in (float[])[1, 1.5f, -1.99999988f, 0.70710678f, 1.00000012f, 1.17549435e-38f, float.MaxValue])
        {
            float[] result = new float[1];
            Widths.Same(new ScaleKernel(a, n, result), () => result[0] = 7, () => result);
            Assert.Equal((float)Math.ScaleB((double)a, n), result[0]);
        }
    }

    [Fact]
    public void A_reduction_is_the_tree_of_the_lanes()
    {
        ReduceKernel kernel = default;
        Widths.EachAndTwice(ref kernel);
    }

    private readonly struct ScaleKernel(float a, int n, float[] result) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => result[0] = TSimd.ToScalar(TSimd.Scale(TSimd.Broadcast(a), TSimd.Broadcast(n)));
    }

    /// <summary>The reference's last steps are those of a vector of fewer lanes: the others hold 0.</summary>
    private readonly struct ReduceKernel : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float[] lanes = Draws.Normal(TSimd.Count, stream: 17);
            fixed (float* x = lanes)
            {
                float expected = LoopsReference.Fold(0, (a, b) => a + b, (a, b) => a + b, lanes);
                Assert.Equal(expected, TSimd.Reduce(default(Sum), TSimd.Load(x)));
            }
        }
    }
}

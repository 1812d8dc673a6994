using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using SimdNet.Threading;
using Xunit;

namespace SimdNet.Tests.Kernels;

[Collection(nameof(Alone))]
public sealed class ElementwiseTests : IDisposable
{
    private readonly int _sizeBefore = WorkerTeam.Size;

    public void Dispose() => WorkerTeam.Size = _sizeBefore;

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(3, 100_003)]
    public void Threads_give_what_the_loop_gives(int threads, int length)
    {
        WorkerTeam.Size = threads;
        float[] x = Draws.Normal(length, stream: 1), y = Draws.Normal(length, stream: 2), expected = new float[length], actual = new float[length];

        Loops.Map(default(Exp), x, expected);
        Elementwise.Map(default(Exp), x, actual);
        Assert.Equal(expected, actual);

        Loops.Zip(new ActivationOfSum<ReLUOperator>(default), x, y, expected);
        Elementwise.Zip(new ActivationOfSum<ReLUOperator>(default), x, y, actual);
        Assert.Equal(expected, actual);

        Elementwise.Add(x, y, x); // in place
        Loops.Map(default(ReLUOperator), x, x);
        Assert.Equal(expected, x);
    }

    [Fact]
    public void Spans_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>("destination", () => Elementwise.Map(default(Exp), new float[3], new float[2]));
        Assert.Throws<ArgumentException>("y", () => Elementwise.Add(new float[3], new float[2], new float[3]));
        float[] values = new float[4];
        Assert.Throws<ArgumentException>(
            "destination", () => Elementwise.Zip(default(ActivationOfSum<ReLUOperator>), values.AsSpan(1), new float[3], values.AsSpan(0, 3)));
    }
}

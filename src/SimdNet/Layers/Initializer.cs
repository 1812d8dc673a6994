using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Layers;

/// <summary>
/// How the weights of a layer begin. The random ones have mean 0 and a variance that keeps that of the signal from layer to layer, if what
/// follows the layer is what they are for.
/// </summary>
/// <remarks>
/// D_in and D_out are the values that one output takes in, and that one input goes out to; of a kernel [out, in, height, width] they are
/// in·height·width and out·height·width, as PyTorch counts. He et al., Delving deep into rectifiers (2015); Glorot and Bengio, Understanding
/// the difficulty of training deep feedforward neural networks (2010); LeCun et al., Efficient backprop (1998).
/// </remarks>
public sealed class Initializer
{
    private readonly Filler _fill;

    private Initializer(Filler fill) => _fill = fill;

    private delegate void Filler(Span<float> values, Shape shape, Philox philox);

    /// <summary>Normal, <c>σ² = 2/D_in</c>: for layers that a ReLU follows, which halves the signal.</summary>
    public static Initializer HeNormal { get; } = Normal(He);

    /// <summary>Uniform, <c>σ² = 2/D_in</c>.</summary>
    public static Initializer HeUniform { get; } = Uniform(He);

    /// <summary>Normal, <c>σ² = 2/(D_in + D_out)</c>: for layers followed by what is linear around 0, or by nothing.</summary>
    public static Initializer GlorotNormal { get; } = Normal(Glorot);

    /// <summary>Uniform, <c>σ² = 2/(D_in + D_out)</c>.</summary>
    public static Initializer GlorotUniform { get; } = Uniform(Glorot);

    /// <summary>Normal, <c>σ² = 1/D_in</c>: for layers followed by SELU, or by nothing; only the way forward is kept.</summary>
    public static Initializer LeCunNormal { get; } = Normal(LeCun);

    /// <summary>Uniform, <c>σ² = 1/D_in</c>.</summary>
    public static Initializer LeCunUniform { get; } = Uniform(LeCun);

    /// <summary>All 0: for biases.</summary>
    public static Initializer Zero { get; } = Constant(0);

    /// <summary>
    /// A random orthogonal matrix [out, rest] times <paramref name="gain"/>: its rows are orthonormal, or its columns if there are fewer. A
    /// chain of such layers keeps the length of every signal exactly.
    /// </summary>
    /// <remarks>
    /// Saxe, McClelland, Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks (2014); PyTorch's
    /// <c>orthogonal_</c>.
    /// </remarks>
    /// <param name="gain">The length of the rows or columns, above 0: √2 before a ReLU.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not a finite number above 0.</exception>
    public static Initializer Orthogonal(float gain = 1)
    {
        Guard.Positive(gain, nameof(gain));
        return new((values, shape, philox) =>
        {
            philox.FillNormal(values);
            Orthogonalization.Apply(values, shape[0], shape.Length / shape[0], gain);
        });
    }

    /// <summary>The same number everywhere.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public static Initializer Constant(float value)
    {
        Guard.Within(value, float.MaxValue, nameof(value));
        return new((values, _, _) => values.Fill(value));
    }

    /// <summary>Draws a parameter: each value depends on the seed, the parameter's index in its network, and its own place.</summary>
    internal void Fill(Span<float> values, Shape shape, long seed, int parameter) =>
        _fill(values, shape, new Philox((ulong)seed, substream: (uint)parameter));

    private static double He(Fans fans) => 2.0 / fans.In;

    private static double Glorot(Fans fans) => 2.0 / ((double)fans.In + fans.Out);

    private static double LeCun(Fans fans) => 1.0 / fans.In;

    private static Initializer Normal(Func<Fans, double> variance) => new((values, shape, philox) =>
        philox.FillNormal(values, deviation: (float)Math.Sqrt(variance(new(shape)))));

    private static Initializer Uniform(Func<Fans, double> variance) => new((values, shape, philox) =>
    {
        philox.FillUniform(values);
        float bound = (float)Math.Sqrt(3 * variance(new(shape))); // a uniform draw of [-a, a] has the variance a²/3
        Loops.Map(new Stretch(bound), values, values);
    });

    /// <summary>Of a weight [out, in, ...kernel]; a vector has both fans 1.</summary>
    private readonly struct Fans(Shape shape)
    {
        public int In => shape.Length / shape[0];

        public int Out => shape.Rank < 2 ? 1 : shape.Length / shape[1];
    }

    /// <summary><c>a·(2u - 1)</c>: from [0, 1) to [-a, a).</summary>
    private readonly struct Stretch(float a) : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(TSimd.Broadcast(2 * a), x, TSimd.Broadcast(-a));
    }
}

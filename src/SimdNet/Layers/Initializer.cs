using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Layers;

/// <summary>
/// How the weights of a layer begin: independent draws of mean 0, whose variance keeps that of the signal from layer to layer.
/// </summary>
/// <remarks>
/// D_in and D_out are the values that one output takes in, and that one input goes out to. He et al., Delving deep into rectifiers (2015);
/// Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010).
/// </remarks>
public sealed class Initializer
{
    private readonly Func<Fans, double> _variance;
    private readonly bool _isNormal;

    private readonly float? _constant;

    private Initializer(Func<Fans, double> variance, bool isNormal, float? constant = null) =>
        (_variance, _isNormal, _constant) = (variance, isNormal, constant);

    /// <summary>Normal, <c>σ² = 2/D_in</c>: for layers that a ReLU follows, which halves the signal.</summary>
    public static Initializer HeNormal { get; } = new(He, isNormal: true);

    /// <summary>Uniform, <c>σ² = 2/D_in</c>.</summary>
    public static Initializer HeUniform { get; } = new(He, isNormal: false);

    /// <summary>Normal, <c>σ² = 2/(D_in + D_out)</c>: for layers followed by what is linear around 0, or by nothing.</summary>
    public static Initializer GlorotNormal { get; } = new(Glorot, isNormal: true);

    /// <summary>Uniform, <c>σ² = 2/(D_in + D_out)</c>.</summary>
    public static Initializer GlorotUniform { get; } = new(Glorot, isNormal: false);

    /// <summary>All 0: for biases.</summary>
    public static Initializer Zero { get; } = Constant(0);

    /// <summary>All the same: 1 for the scale of what is normalised.</summary>
    public static Initializer Constant(float value) => new(_ => 0, isNormal: false, value);

    private static double He(Fans fans) => 2.0 / fans.In;

    private static double Glorot(Fans fans) => 2.0 / ((double)fans.In + fans.Out);

    /// <summary>Draws a parameter: each value depends on the seed, the parameter's index in its network, and its own place.</summary>
    internal void Fill(Span<float> values, Shape shape, long seed, int parameter)
    {
        if (_constant is float constant)
        {
            values.Fill(constant);
            return;
        }

        Philox philox = new((ulong)seed, substream: (uint)parameter);
        double variance = _variance(new(shape));
        if (_isNormal)
        {
            philox.FillNormal(values, deviation: (float)Math.Sqrt(variance));
            return;
        }

        philox.FillUniform(values);
        float bound = (float)Math.Sqrt(3 * variance); // a uniform draw of [-a, a] has the variance a²/3
        Loops.Map(new Stretch(bound), values, values);
    }

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

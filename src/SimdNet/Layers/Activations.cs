using System.Text.Json;
using SimdNet.Kernels;

namespace SimdNet.Layers;

/// <summary><see cref="ReLUOperator"/>: the rectified linear unit, <c>max(0, x)</c>.</summary>
public sealed class ReLU() : Activation<ReLUOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;
}

/// <summary><see cref="LeakyReLUOperator"/>: <c>x ≤ 0 ? slope·x : x</c>.</summary>
/// <param name="negativeSlope">The slope below 0; 0 or more.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="negativeSlope"/> is negative or not finite.</exception>
public sealed class LeakyReLU(float negativeSlope = 0.01f) : Activation<LeakyReLUOperator>(new(negativeSlope))
{
    /// <summary>The slope below 0.</summary>
    public float NegativeSlope { get; } = negativeSlope;

    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("negativeSlope", NegativeSlope);
}

/// <summary><see cref="ELUOperator"/>: the exponential linear unit, <c>x ≤ 0 ? α·(eˣ - 1) : x</c>.</summary>
/// <param name="alpha">α, above 0.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not a finite number above 0.</exception>
public sealed class ELU(float alpha = 1) : Activation<ELUOperator>(new(alpha))
{
    /// <summary>α: what -y approaches far below 0.</summary>
    public float Alpha { get; } = alpha;

    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("alpha", Alpha);
}

/// <summary><see cref="SELUOperator"/>: the self-normalizing unit, an ELU of fixed α and scale.</summary>
public sealed class SELU() : Activation<SELUOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.LeCunNormal;
}

/// <summary><see cref="GELUOperator"/>: <c>x·Φ(x)</c>, Φ the normal distribution.</summary>
public sealed class GELU() : Activation<GELUOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;
}

/// <summary><see cref="GELUTanhOperator"/>: GELU with Φ approximated by a hyperbolic tangent.</summary>
public sealed class GELUTanh() : Activation<GELUTanhOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;
}

/// <summary><see cref="SiLUOperator"/>: <c>x·σ(x)</c>, also called Swish.</summary>
public sealed class SiLU() : Activation<SiLUOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;
}

/// <summary><see cref="SoftplusOperator"/>: <c>ln(1 + eˣ)</c>.</summary>
public sealed class Softplus() : Activation<SoftplusOperator>(default)
{
    /// <inheritdoc/>
    protected internal override Initializer Initializer => Initializer.HeNormal;
}

/// <summary><see cref="SigmoidOperator"/>: <c>1/(1 + e⁻ˣ)</c>.</summary>
public sealed class Sigmoid() : Activation<SigmoidOperator>(default);

/// <summary><see cref="HardSigmoidOperator"/>: <c>x/6 + ½</c>, kept in [0, 1].</summary>
public sealed class HardSigmoid() : Activation<HardSigmoidOperator>(default);

/// <summary><see cref="TanhOperator"/>: the hyperbolic tangent.</summary>
public sealed class Tanh() : Activation<TanhOperator>(default);

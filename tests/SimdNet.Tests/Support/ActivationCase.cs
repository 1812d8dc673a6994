using SimdNet.Kernels;
using SimdNet.Simd;

namespace SimdNet.Tests.Support;

/// <summary>An activation under test, with what its formula says of its errors.</summary>
internal abstract class ActivationCase
{
    /// <summary>Roundings that a formula may go through: its exponential, its polynomials, its products.</summary>
    private const int Roundings = 10;

    public static IReadOnlyDictionary<string, ActivationCase> All { get; } = new Dictionary<string, ActivationCase>
    {
        ["ReLU"] = new Of<ReLUOperator>(default) { Kinks = [0] },
        ["LeakyReLU"] = new Of<LeakyReLUOperator>(new(0.25f)) { Kinks = [0] },
        ["ELU"] = new Of<ELUOperator>(new(1.5f)) { Kinks = [0] },
        ["SELU"] = new Of<SELUOperator>(default) { Kinks = [0] },
        ["Sigmoid"] = new Of<SigmoidOperator>(default),
        ["HardSigmoid"] = new Of<HardSigmoidOperator>(default) { Kinks = [-3, 3], Magnitude = (x, _) => 1 },
        ["Tanh"] = new Of<TanhOperator>(default),
        ["Softplus"] = new Of<SoftplusOperator>(default),
        ["SiLU"] = new Of<SiLUOperator>(default) { Magnitude = OfInput, Amplification = x => GateSlope(x, 1) },
        ["GELU"] = new Of<GELUOperator>(default) { Magnitude = OfInput },
        ["GELUTanh"] = new Of<GELUTanhOperator>(default)
        {
            Magnitude = OfInput,
            Amplification = x => GateSlope(x * (1.6 + (0.072 * x * x)), (1.6 + (0.216 * x * x)) / (1.6 + (0.072 * x * x))),
        },
    };

    /// <summary>Where there is no derivative.</summary>
    public double[] Kinks { get; init; } = [];

    /// <summary>Of (x, y), what the error is relative to: y itself, or for <c>x·(a number from 0 to 1)</c> x.</summary>
    public Func<double, double, double> Magnitude { get; init; } = (_, y) => Math.Abs(y);

    /// <summary>What multiplies the error of a gate σ(v) in the slope: <c>1 + |x·dv/dx|</c>.</summary>
    public Func<double, double> Amplification { get; init; } = _ => 1;

    public abstract bool BackwardTakesOutput { get; }

    /// <summary>
    /// The error of a central difference: of a third derivative that is below 8; of the function's own value in double; and that of the
    /// kernel, for slopes below 2.
    /// </summary>
    public double SlopeBound(double step, double x) =>
        (8 * step * step / 6) + (Math.Max(1, Math.Abs(Double(x))) * 16 / (1L << 53) / step)
        + (2 * Tolerance.Gamma(2 * Roundings) * Amplification(x));

    public double ValueBound(double x, double y) =>
        (Tolerance.Gamma(Roundings) * Magnitude(x, y)) + (Roundings * (1 + Math.Abs(x)) * float.Epsilon);

    public abstract double Double(double x);

    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y);

    public abstract void Backward(ReadOnlySpan<float> value, ReadOnlySpan<float> dOutput, Span<float> dInput);

    public abstract float[] ForwardAtEveryWidth(float[] x);

    public abstract float[] BackwardAtEveryWidth(float[] value, float[] dOutput);

    public float[] Forward(float[] x)
    {
        float[] y = new float[x.Length];
        Forward(x, y);
        return y;
    }

    public float[] Backward(float[] value, float[] dOutput)
    {
        float[] dInput = new float[value.Length];
        Backward(value, dOutput, dInput);
        return dInput;
    }

    private static double OfInput(double x, double y) => Math.Abs(x);

    /// <summary><c>1 + |v|·(elasticity of v)</c>, up to where σ(v) is 1 or 0 beside it.</summary>
    private static double GateSlope(double v, double elasticity) => 1 + (Math.Min(Math.Abs(v), 18) * elasticity);

    private sealed class Of<TActivation>(TActivation activation) : ActivationCase
        where TActivation : struct, IActivation
    {
        public override bool BackwardTakesOutput => TActivation.BackwardTakesOutput;

        public override double Double(double x) => activation.Invoke(x);

        public override void Forward(ReadOnlySpan<float> x, Span<float> y) => Loops.Map(activation, x, y);

        public override void Backward(ReadOnlySpan<float> value, ReadOnlySpan<float> dOutput, Span<float> dInput) =>
            Loops.Zip(new ActivationBackward<TActivation>(activation), value, dOutput, dInput);

        public override float[] ForwardAtEveryWidth(float[] x)
        {
            float[] y = new float[x.Length];
            return Widths.Same(new MapKernel(activation, x, y), () => y.AsSpan().Fill(7), () => [.. y]);
        }

        public override float[] BackwardAtEveryWidth(float[] value, float[] dOutput)
        {
            float[] dInput = new float[value.Length];
            return Widths.Same(new ZipKernel(activation, value, dOutput, dInput), () => dInput.AsSpan().Fill(7), () => [.. dInput]);
        }

        private readonly unsafe struct MapKernel(TActivation activation, float[] x, float[] y) : ISimdKernel
        {
            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                fixed (float* from = x, to = y)
                {
                    Loops.Map<TActivation, TSimd>(activation, from, to, x.Length);
                }
            }
        }

        private readonly unsafe struct ZipKernel(TActivation activation, float[] value, float[] dOutput, float[] dInput) : ISimdKernel
        {
            public void Invoke<TSimd>()
                where TSimd : struct, ISimd<TSimd>
            {
                fixed (float* first = value, second = dOutput, to = dInput)
                {
                    Loops.Zip<ActivationBackward<TActivation>, TSimd>(new(activation), first, second, to, value.Length);
                }
            }
        }
    }
}

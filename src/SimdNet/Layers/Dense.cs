using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A fully connected layer, <c>Y = X·Wᵀ + b</c>: X [batch, in], W [out, in], b [out], Y [batch, out].</summary>
/// <remarks><c>dW = dYᵀ·X; db = Σ rows of dY; dX = dY·W</c>. PyTorch's Linear, ONNX's Gemm.</remarks>
public sealed class Dense : Layer
{
    private const int Weight = 0, Bias = 1;

    /// <summary>Describes a fully connected layer.</summary>
    /// <param name="units">The number of outputs, 1 or more.</param>
    /// <param name="initializer">How the weights begin; if none is given, as the activation after it asks: He, LeCun or Glorot. Biases begin at 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1.</exception>
    public Dense(int units, Initializer? initializer = null)
    {
        Guard.Positive(units, nameof(units));
        Units = units;
        Initializer = initializer;
    }

    /// <summary>The number of outputs.</summary>
    public int Units { get; }

    /// <summary>How the weights begin, if that was given.</summary>
    public Initializer? Initializer { get; }

    internal override bool TakesActivation => true;

    internal override bool TakesNormalization => true;

    internal override bool KeepsDOutput(Stage stage) => stage.Activation is null;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        input.RequireVector(nameof(input));
        return Shape.Vector(Units);
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
    [
        new("weight", new Shape(Units, input.Length), Initializer),
        new("bias", new Shape(Units), Initializer.Zero, ParameterRole.Bias),
    ];

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) => ((2L * input.Length) + 1) * Units;

    /// <inheritdoc/>
    protected internal override object? CreateState(Stage stage, int maxBatch, bool training) => training ? null : new PredictorState(
        new PackedMatrix(stage.Input.Length, Units), stage.Normalization is null ? null : new FoldedProduct(stage));

    /// <inheritdoc/>
    protected internal override void Refresh(in ForwardPass pass)
    {
        PredictorState state = (PredictorState)pass.State!;
        state.Folded?.Refresh(pass);
        state.Packed.Pack(WeightOf(state.Weight(pass), pass.Stage).Transposed);
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        ReadOnlyMatrix x = new(pass.Input, pass.Samples, pass.Stage.Input.Length);
        Matrix y = new(pass.Output, pass.Samples, Units);
        FusedProduct product = FusedProduct.Of(pass.Stage);
        if (pass.State is PredictorState state)
        {
            product.Multiply(x, state.Packed, state.Bias(pass), y);
        }
        else
        {
            product.Multiply(x, WeightOf(pass.Parameter(Weight), pass.Stage).Transposed, pass.Parameter(Bias), y);
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        int samples = pass.Samples, inputs = pass.Stage.Input.Length;
        pass.Stage.Activation?.Backward(pass.Output, pass.DOutput, pass.DOutput);
        ReadOnlyMatrix x = new(pass.Input, samples, inputs), dy = new(pass.DOutput, samples, Units);
        Gemm.Multiply(1, dy.Transposed, x, 0, new Matrix(pass.Gradient(Weight), Units, inputs));
        Reductions.ColumnSums(pass.DOutput, samples, Units, pass.Gradient(Bias));
        if (!pass.DInput.IsEmpty)
        {
            Gemm.Multiply(1, dy, WeightOf(pass.Parameter(Weight), pass.Stage), 0, new Matrix(pass.DInput, samples, inputs));
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        int inputs = pass.Stage.Input.Length;
        for (int i = 0; i < pass.Output.Length; i++)
        {
            (int sample, int unit) = (i / Units, i % Units);
            double sum = pass.Parameter(Bias)[unit];
            for (int k = 0; k < inputs; k++)
            {
                sum += pass.Input[(sample * inputs) + k] * pass.Parameter(Weight)[(unit * inputs) + k];
            }

            pass.Output[i] = sum;
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("units", Units);

    /// <inheritdoc/>
    protected internal override string Describe(Shape input) => $"{Kind}({input} → {Units})";

    private ReadOnlyMatrix WeightOf(ReadOnlySpan<float> weight, Stage stage) => new(weight, Units, stage.Input.Length);

    /// <summary>What does not change from one prediction to the next.</summary>
    internal sealed record PredictorState(PackedMatrix Packed, FoldedProduct? Folded)
    {
        /// <summary>[out, in], together with a normalisation after it.</summary>
        public ReadOnlySpan<float> Weight(in ForwardPass pass) => Folded is null ? pass.Parameter(Dense.Weight) : Folded.Weight;

        /// <summary>[out], likewise.</summary>
        public ReadOnlySpan<float> Bias(in ForwardPass pass) => Folded is null ? pass.Parameter(Dense.Bias) : Folded.Bias;
    }
}

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
    /// <param name="initializer">How the weights begin; if none is given, He before a ReLU, else Glorot. Biases begin at 0.</param>
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

    internal override Shape OutputShape(Shape input)
    {
        Guard.Vector(input, nameof(input));
        return Shape.Vector(Units);
    }

    internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
        [new("weight", new Shape(Units, input.Length), Initializer), new("bias", new Shape(Units), Initializer.Zero)];

    internal override void Forward(in ForwardPass pass)
    {
        int samples = pass.Samples, inputs = pass.Stage.Input.Length;
        ReadOnlyMatrix x = new(pass.Input, samples, inputs);
        Matrix y = new(pass.Output, samples, Units);
        FusedProduct product = pass.Stage.Activation?.FusedProduct ?? FusedProduct.Plain;
        if (pass.Packed is PackedMatrix packed)
        {
            product.Multiply(x, packed, pass.Parameter(Bias), y);
        }
        else
        {
            product.Multiply(x, new ReadOnlyMatrix(pass.Parameter(Weight), Units, inputs).Transposed, pass.Parameter(Bias), y);
        }
    }

    internal override void Backward(in BackwardPass pass)
    {
        int samples = pass.Samples, inputs = pass.Stage.Input.Length;
        pass.Stage.Activation?.Backward(pass.Output, pass.DOutput, pass.DOutput);
        ReadOnlyMatrix x = new(pass.Input, samples, inputs), dy = new(pass.DOutput, samples, Units);
        Gemm.Multiply(1, dy.Transposed, x, 0, new Matrix(pass.Gradient(Weight), Units, inputs));
        Reductions.ColumnSums(pass.DOutput, samples, Units, pass.Gradient(Bias));
        if (!pass.DInput.IsEmpty)
        {
            Gemm.Multiply(1, dy, new ReadOnlyMatrix(pass.Parameter(Weight), Units, inputs), 0, new Matrix(pass.DInput, samples, inputs));
        }
    }

    internal override PackedMatrix CreatePacked(Stage stage) => new(stage.Input.Length, Units);

    internal override void Pack(Stage stage, ReadOnlySpan<float> parameters, PackedMatrix packed) =>
        packed.Pack(new ReadOnlyMatrix(stage.Parameters[Weight].Of(parameters), Units, stage.Input.Length).Transposed);

    internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("units", Units);

    internal override string Describe(Shape input) => $"{Kind}({input} → {Units})";
}

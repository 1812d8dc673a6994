using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>Softmax over a sample's values, which become a distribution: <see cref="SoftmaxRows.Forward"/>.</summary>
/// <remarks>For training, <c>SoftmaxCrossEntropy</c> takes logits: a network that it trains has no softmax of its own.</remarks>
public sealed class Softmax : Layer
{
    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        input.RequireVector(nameof(input));
        return input;
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) => SoftmaxRows.Forward(pass.Input, pass.Stage.Input.Length, pass.Output);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            SoftmaxRows.Backward(pass.Output, pass.DOutput, pass.Stage.Input.Length, pass.DInput);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        LogSoftmax.Shadow(pass.Input, pass.Stage.Input.Length, pass.Output);
        foreach (ref double value in pass.Output)
        {
            value = Math.Exp(value);
        }
    }
}

/// <summary>The logarithm of softmax over a sample's values: <see cref="SoftmaxRows.LogForward"/>.</summary>
public sealed class LogSoftmax : Layer
{
    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        input.RequireVector(nameof(input));
        return input;
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass) =>
        SoftmaxRows.LogForward(pass.Input, pass.Stage.Input.Length, pass.Output);

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        if (!pass.DInput.IsEmpty)
        {
            SoftmaxRows.LogBackward(pass.Output, pass.DOutput, pass.Stage.Input.Length, pass.DInput);
        }
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass) => Shadow(pass.Input, pass.Stage.Input.Length, pass.Output);

    /// <summary><c>y = x - M - ln Σ exp(x - M)</c> of each row.</summary>
    internal static void Shadow(ReadOnlySpan<double> x, int columns, Span<double> y)
    {
        for (int row = 0; row < x.Length; row += columns)
        {
            double maximum = double.NegativeInfinity, sum = 0;
            foreach (double value in x.Slice(row, columns))
            {
                maximum = Math.Max(maximum, value);
            }

            foreach (double value in x.Slice(row, columns))
            {
                sum += Math.Exp(value - maximum);
            }

            for (int i = row; i < row + columns; i++)
            {
                y[i] = x[i] - maximum - Math.Log(sum);
            }
        }
    }
}

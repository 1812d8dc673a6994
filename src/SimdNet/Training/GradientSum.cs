using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>The gradients of several batches, each times its weight.</summary>
/// <param name="length">The values of a gradient.</param>
internal sealed class GradientSum(int length)
{
    private readonly AlignedBuffer _sum = new(length);

    /// <summary>Gradients in it.</summary>
    public int Count { get; private set; }

    /// <summary>The sum of their weights.</summary>
    public double Weight { get; private set; }

    public ReadOnlySpan<float> Values => _sum.Span;

    /// <summary>Adds <c>weight·gradients</c>.</summary>
    public void Add(ReadOnlySpan<float> gradients, double weight)
    {
        if (Count == 0)
        {
            _sum.Span.Clear();
        }

        GradientDescentStep.Rule uphill = new(learningRate: -(float)weight); // p ← p - ηg
        ParameterUpdate.Run(uphill, transform: null, new UpdateSpans(_sum.Span, gradients));
        Count++;
        Weight += weight;
    }

    /// <summary>The next gradient will be the first of a new sum; until then this one's values stand.</summary>
    public void Close() => (Count, Weight) = (0, 0);
}

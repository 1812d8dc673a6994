using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Training;

/// <summary>The gradients of several batches, each times its weight.</summary>
/// <param name="length">The values of a gradient.</param>
internal sealed class GradientSum(int length)
{
    private readonly AlignedBuffer _sum = new(length);
    private double _weight;

    /// <summary>Gradients in it.</summary>
    public int Count { get; private set; }

    /// <summary>What makes their sum the gradient of the mean over all their batches.</summary>
    public double MeanScale => 1 / Loss.Divisor(_weight);

    public ReadOnlySpan<float> Values => _sum.Span;

    /// <summary>Adds the gradients of a mean times what they were divided by; 1, if those of a sum.</summary>
    public void Add(ReadOnlySpan<float> gradients, double weight)
    {
        if (Count == 0)
        {
            _sum.Span.Clear();
        }

        GradientDescentStep.Rule uphill = new(learningRate: -(float)Loss.Divisor(weight)); // p ← p - ηg
        ParameterUpdate.Run(uphill, transform: null, new UpdateSpans(_sum.Span, gradients));
        Count++;
        _weight += weight;
    }

    /// <summary>The next gradient will be the first of a new sum; until then this one's values stand.</summary>
    public void Close() => (Count, _weight) = (0, 0);
}

namespace SimdNet.Training;

/// <summary>What a loss is given in double precision, for <c>GradientCheck</c>: plain loops, nothing is timed.</summary>
internal readonly ref struct LossShadow
{
    public required int Samples { get; init; }

    /// <summary>The number of outputs of a sample.</summary>
    public int Columns => Outputs.Length / Samples;

    /// <summary>[samples, ...output].</summary>
    public required ReadOnlySpan<double> Outputs { get; init; }

    /// <summary>[samples], or empty if there are targets.</summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>[samples, ...output], or empty if there are labels.</summary>
    public ReadOnlySpan<float> Targets { get; init; }

    /// <summary>[samples], or empty if all are 1.</summary>
    public ReadOnlySpan<float> SampleWeights { get; init; }

    /// <summary>The outputs of a sample.</summary>
    public ReadOnlySpan<double> Output(int sample) => Outputs.Slice(sample * Columns, Columns);

    /// <summary>The target of one of a sample's outputs. A label is the target of an only one: 1, or <paramref name="negative"/>.</summary>
    public double Target(int sample, int column, double negative = 0) =>
        !Targets.IsEmpty ? Targets[(sample * Columns) + column] : Labels[sample] > 0 ? 1 : negative;

    /// <summary>A loss summed over a sample's outputs.</summary>
    public double Sum(int sample, Func<double, double, double> loss, double negative = 0)
    {
        ReadOnlySpan<double> x = Output(sample);
        double sum = 0;
        for (int j = 0; j < x.Length; j++)
        {
            sum += loss(x[j], Target(sample, j, negative));
        }

        return sum;
    }
}

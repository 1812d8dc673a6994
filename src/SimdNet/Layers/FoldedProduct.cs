using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>In prediction: the weight and bias of a product together with those of the batch normalisation after it.</summary>
/// <param name="stage">A stage whose parameters are a weight [out, ...] and perhaps a bias [out], and that has a normalisation.</param>
internal sealed class FoldedProduct(Stage stage)
{
    private readonly AlignedBuffer _weight = new(stage.Parameters[0].Length), _bias = new(stage.Parameters[0].Shape[0]);

    /// <summary>[out, ...].</summary>
    public ReadOnlySpan<float> Weight => _weight.Span;

    /// <summary>[out].</summary>
    public ReadOnlySpan<float> Bias => _bias.Span;

    /// <summary>Folds the parameters as they are now.</summary>
    public void Refresh(in ForwardPass pass)
    {
        ReadOnlySpan<float> bias = stage.Parameters.Count > 1 ? pass.Parameter(1) : [];
        ((BatchNorm)stage.Normalization!.Layer).Fold(
            pass with { Stage = stage.Normalization }, pass.Parameter(0), bias, _weight.Span, _bias.Span);
    }
}

using SimdNet.Kernels;
using SimdNet.Simd;

namespace SimdNet.Layers;

/// <summary>A batch normalisation and the activation after it, which is chosen once, when a network is put together: one pass each way.</summary>
internal abstract class FusedNormalization
{
    private static readonly FusedNormalization s_plain = new FusedNormalization<Identity, BatchNormalization.OpenGate>(default, default);

    /// <summary>That which ends in the stage's activation, if it has one.</summary>
    public static FusedNormalization Of(Stage stage) => stage.Activation?.FusedNormalization ?? s_plain;

    /// <summary><see cref="BatchNormalization.Forward{TActivation}"/></summary>
    public abstract void Forward(in ForwardPass pass, float epsilon, Span<float> mean, Span<float> variance);

    /// <summary><see cref="BatchNormalization.Normalize{TActivation}"/> by the running statistics.</summary>
    public abstract void Normalize(in ForwardPass pass, float epsilon);

    /// <summary><see cref="BatchNormalization.Backward{TGate}"/></summary>
    public abstract void Backward(in BackwardPass pass, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, float epsilon);
}

/// <inheritdoc/>
internal sealed class FusedNormalization<TActivation, TGate>(TActivation activation, TGate gate) : FusedNormalization
    where TActivation : struct, IUnaryOperator
    where TGate : struct, IBinaryOperator
{
    public override void Forward(in ForwardPass pass, float epsilon, Span<float> mean, Span<float> variance)
    {
        (int channels, int area) = BatchNorm.Sizes(pass.Stage);
        BatchNormalization.Forward(
            pass.Input, pass.Parameter(BatchNorm.Gamma), pass.Parameter(BatchNorm.Beta),
            pass.Samples, channels, area, epsilon, activation, pass.Output, mean, variance, pass.Addend);
    }

    public override void Normalize(in ForwardPass pass, float epsilon)
    {
        (int channels, int area) = BatchNorm.Sizes(pass.Stage);
        BatchNormalization.Normalize(
            pass.Input, pass.Parameter(BatchNorm.RunningMean), pass.Parameter(BatchNorm.RunningVariance), pass.Parameter(BatchNorm.Gamma),
            pass.Parameter(BatchNorm.Beta), pass.Samples, channels, area, epsilon, activation, pass.Output);
    }

    public override void Backward(in BackwardPass pass, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, float epsilon)
    {
        (int channels, int area) = BatchNorm.Sizes(pass.Stage);
        BatchNormalization.Backward(
            pass.Input, mean, variance, pass.Parameter(BatchNorm.Gamma), pass.Parameter(BatchNorm.Beta), pass.DOutput,
            pass.Samples, channels, area, epsilon, gate, pass.DInput, pass.Gradient(BatchNorm.Gamma), pass.Gradient(BatchNorm.Beta));
    }
}

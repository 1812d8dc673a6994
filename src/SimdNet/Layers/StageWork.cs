using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>The least that a stage has to do in one direction: its arithmetic, and each array read or written once.</summary>
/// <param name="FlopsPerSample">Floating-point operations.</param>
/// <param name="BytesPerSample">Of inputs, outputs and their gradients.</param>
/// <param name="BytesOnce">Of parameters and their gradients, for any number of samples.</param>
internal readonly record struct StageWork(long FlopsPerSample, long BytesPerSample, long BytesOnce)
{
    /// <summary>Inputs and parameters are read, outputs written; who adds two branches reads both.</summary>
    public static StageWork Forward(Stage stage)
    {
        (long input, long output) = (stage.Input.Length, stage.Output.Length);
        Shape made = stage.Layer.OutputShape(stage.Input);
        if (stage.IsSummed)
        {
            return default;
        }

        return new(
            stage.Layer.OwnFlops(stage.Input) + (stage.Sum is null ? 0 : output) + ((stage.Sum ?? stage).Activation is null ? 0 : made.Length)
                + (stage.Pooling?.Flops(made) ?? 0),
            Bytes(stage.Layer is Residual || stage.Sum is not null ? 3 * output : input + output),
            stage.Layer is Residual ? 0 : Bytes(Length(stage, _ => true)));
    }

    /// <summary>
    /// A gradient of weights is a product as large as that of forward, and so is that of the inputs. Read are dOutput, what the formula takes
    /// of inputs and outputs, and for dInput the weights; written are all gradients.
    /// </summary>
    public static StageWork Backward(Stage stage, bool wantsDInput)
    {
        long output = stage.Output.Length, dInput = wantsDInput ? stage.Input.Length : 0;
        if (stage.Layer is Residual) // reads dOutput, gives each branch a copy, adds what they make of it
        {
            return new(dInput, Bytes((stage.Activation is null ? 3 : 4) * output + (3 * dInput)), 0);
        }

        bool hasWeight = stage.Parameters.Any(parameter => parameter.Role == ParameterRole.Weight);
        long products = (hasWeight ? 1 : 0) + (wantsDInput ? 1 : 0);
        long values = output + dInput + (ReadsInput(stage.Layer) ? stage.Input.Length : 0) + (ReadsOutput(stage) ? output : 0);
        long weights = wantsDInput ? Length(stage, role => role is ParameterRole.Weight or ParameterRole.Scale) : 0;
        return new(
            (products * stage.Layer.OwnFlops(stage.Input)) + (stage.Activation is null ? 0 : output),
            Bytes(values),
            Bytes(weights + Length(stage, role => role != ParameterRole.Statistic)));
    }

    private static bool ReadsInput(Layer layer) => layer switch
    {
        Activation activation => !activation.BackwardTakesOutput,
        Dropout or AveragePool2D or GlobalAveragePool2D or Upsample or Padding2D or Flatten or Softmax => false,
        _ => true,
    };

    private static bool ReadsOutput(Stage stage) =>
        stage.Activation is not null || stage.Layer is MaxPool2D or Softmax or Activation { BackwardTakesOutput: true };

    private static long Length(Stage stage, Predicate<ParameterRole> counts) =>
        stage.Parameters.Sum(parameter => counts(parameter.Role) ? (long)parameter.Length : 0);

    private static long Bytes(long values) => values * sizeof(float);
}

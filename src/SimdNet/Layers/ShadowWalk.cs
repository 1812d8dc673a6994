namespace SimdNet.Layers;

/// <summary>A walk through a chain in double precision: every stage in its plain form.</summary>
internal static class ShadowWalk
{
    /// <summary>The last stage's outputs, [samples, ...output]; of no stages the inputs.</summary>
    /// <param name="stages">The stages of training.</param>
    /// <param name="pass">Whose stage and output are not looked at.</param>
    public static ReadOnlySpan<double> Run(Stage[] stages, in ShadowPass pass)
    {
        double[] values = pass.Input.ToArray();
        foreach (Stage stage in stages)
        {
            double[] output = new double[pass.Samples * stage.Output.Length];
            stage.Layer.Shadow(pass with { Stage = stage, Input = values, Output = output });
            stage.Activation?.Shadow(pass with { Stage = stage, Input = output, Output = output });
            values = output;
        }

        return values;
    }
}

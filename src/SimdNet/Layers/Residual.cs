using System.Numerics.Tensors;
using System.Text.Json;
using SimdNet.Kernels;
using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A branch and its way around: <c>y = body(x) + shortcut(x)</c>, where the shortcut is x itself if none is given.</summary>
/// <remarks>
/// <c>dx = bodyᵀ(dy) + shortcutᵀ(dy)</c>. Parameters are named <c>body.0.weight</c>, <c>shortcut.0.weight</c>. He et al., Deep residual
/// learning for image recognition (2016).
/// </remarks>
public sealed class Residual : Layer
{
    private readonly Layer[] _body;

    /// <summary>Describes a branch with a way around.</summary>
    /// <param name="body">The layers of the branch, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    public Residual(params ReadOnlySpan<Layer> body)
    {
        Guard.Positive(body.Length, nameof(body) + ".Length");
        _body = body.ToArray();
    }

    /// <summary>The layers of the branch.</summary>
    public IReadOnlyList<Layer> Body => _body;

    /// <summary>The layers of the way around: none if the shapes are the same, else what makes them so.</summary>
    public IReadOnlyList<Layer> Shortcut { get; init; } = [];

    internal override bool TakesActivation => true;

    /// <inheritdoc/>
    protected internal override Shape OutputShape(Shape input)
    {
        Shape body = BodyOf(input).Output, shortcut = ShortcutOf(input).Output;
        if (body != shortcut)
        {
            Throw.Branches(body.ToString(), shortcut.ToString());
        }

        return body;
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<ParameterSpec> Parameters(Shape input) =>
    [
        .. BodyOf(input).Specs.Select(spec => spec with { Name = $"body.{spec.Name}" }),
        .. ShortcutOf(input).Specs.Select(spec => spec with { Name = $"shortcut.{spec.Name}" }),
    ];

    /// <inheritdoc/>
    protected internal override long Flops(Shape input) =>
        BodyOf(input).Flops + ShortcutOf(input).Flops + OwnFlops(input);

    internal override long OwnFlops(Shape input) => OutputShape(input).Length;

    /// <inheritdoc/>
    internal override object? CreateState(Stage stage, int maxBatch, bool training, GradientRoom gradients)
    {
        (Stage[] body, Stage[] shortcut) = Stages(stage, training);
        gradients.GrowAside(training && shortcut.Length > 0 ? maxBatch * stage.Input.Length : 0);
        return new State(new(body, maxBatch, training, gradients), new(shortcut, maxBatch, training, gradients), gradients);
    }

    /// <inheritdoc/>
    protected internal override void Refresh(in ForwardPass pass)
    {
        State state = (State)pass.State!;
        state.Body.Refresh(pass);
        state.Shortcut.Refresh(pass);
    }

    /// <inheritdoc/>
    protected internal override void Forward(in ForwardPass pass)
    {
        State state = (State)pass.State!;
        ReadOnlySpan<float> shortcut = state.Shortcut.Forward(pass), body = state.Body.Forward(pass with { Addend = shortcut });
        if (pass.Stage.IsSummed)
        {
            return;
        }

        if (pass.Stage.Activation is { } activation)
        {
            activation.ForwardOfSum(body, shortcut, pass.Output);
        }
        else
        {
            Elementwise.Add(body, shortcut, pass.Output);
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in BackwardPass pass)
    {
        State state = (State)pass.State!;
        pass.Stage.Activation?.Backward(pass.Output, pass.DOutput, pass.DOutput);
        Backward(state.Body, pass, pass.DInput);
        if (pass.DInput.IsEmpty || state.Shortcut.Stages.Count == 0)
        {
            Backward(state.Shortcut, pass, []);
            Elementwise.Add(pass.DInput, pass.DOutput[..pass.DInput.Length], pass.DInput);
            return;
        }

        Span<float> around = state.Gradients.Aside(pass.DInput.Length);
        Backward(state.Shortcut, pass, around);
        Elementwise.Add(pass.DInput, around, pass.DInput);
    }

    /// <inheritdoc/>
    protected internal override void EndStep(Stage stage, object? state, Span<float> parameters)
    {
        ((State)state!).Body.EndStep(parameters);
        ((State)state).Shortcut.EndStep(parameters);
    }

    /// <inheritdoc/>
    protected internal override void Shadow(in ShadowPass pass)
    {
        (Stage[] body, Stage[] shortcut) = Stages(pass.Stage, training: true);
        TensorPrimitives.Add(ShadowWalk.Run(body, pass), ShadowWalk.Run(shortcut, pass), pass.Output);
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        Architecture.WriteLayers(writer, "body", _body);
        Architecture.WriteLayers(writer, "shortcut", Shortcut);
    }

    /// <summary>The way back through one branch. The gradient of the output is needed again: what a branch would spoil is a copy.</summary>
    private static void Backward(Walk branch, in BackwardPass pass, Span<float> dInput)
    {
        if (branch.Stages.Count == 0)
        {
            pass.DOutput[..dInput.Length].CopyTo(dInput);
        }
        else if (branch.KeepsDOutput)
        {
            branch.Backward(pass with { DInput = dInput });
        }
        else
        {
            pass.DOutput.CopyTo(branch.DOutput(pass.Samples));
            branch.Backward(pass with { DInput = dInput, DOutput = [] });
        }
    }

    private Chain BodyOf(Shape input) => new(input, _body);

    private Chain ShortcutOf(Shape input) => new(input, [.. Shortcut]);

    private (Stage[] Body, Stage[] Shortcut) Stages(Stage stage, bool training)
    {
        Chain body = BodyOf(stage.Input), shortcut = ShortcutOf(stage.Input);
        int parameters = body.Specs.Count;
        Stage[] stages = body.Stages([.. stage.Parameters.Take(parameters)], training, (2 * stage.Key) + 1, $"{stage.Path}.body.");
        if (training && stages is [.., { } last] && last.Layer.TakesSum(last, stage))
        {
            last.Sum = stage;
            stage.IsSummed = true;
        }

        return (
            stages,
            shortcut.Stages([.. stage.Parameters.Skip(parameters)], training, (2 * stage.Key) + 2, $"{stage.Path}.shortcut."));
    }

    /// <summary>The numbers of both branches, and where their gradients lie.</summary>
    private sealed record State(Walk Body, Walk Shortcut, GradientRoom Gradients);
}

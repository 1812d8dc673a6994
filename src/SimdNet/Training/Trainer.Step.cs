using SimdNet.Layers;

namespace SimdNet.Training;

/// <content>The walk of a step. Until the gradient is known and found good, nothing is written that outlives the step.</content>
public sealed partial class Trainer
{
    /// <summary>Forward, loss, backward: fills <see cref="Gradients"/> and, unless it is empty, the gradient of the inputs.</summary>
    /// <returns>The loss of the batch, regularisation included.</returns>
    internal float Differentiate(
        int samples, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights,
        Span<float> dInputs, out double? weight)
    {
        _loss.Check(_network.Output, samples, labels, targets, sampleWeights);
        ReadOnlySpan<float> parameters = _network.ParameterSpan;
        RandomKey randomKey = new(Seed, Steps + 1);
        ReadOnlySpan<float> outputs = _walk.Forward(new ForwardPass
        {
            Samples = samples,
            Training = true,
            Parameters = parameters,
            Input = inputs,
            RandomKey = randomKey,
            Profile = Profile,
        });
        Profile?.Enter(StepPhase.Loss, _loss, bytes: 2L * sizeof(float) * outputs.Length);
        LossPass lossPass = new()
        {
            Samples = samples,
            Outputs = outputs,
            Labels = labels,
            Targets = targets,
            SampleWeights = sampleWeights,
            DOutputs = _walk.DOutput(samples),
            SampleLosses = _sampleLosses.Span[..samples],
        };
        float loss = (float)(_loss.Compute(lossPass) + _updater.Penalty());
        if (!float.IsFinite(loss))
        {
            throw DivergenceException.OfLoss(loss, Steps + 1, inputs, targets, _walk.FirstNotFinite(samples));
        }

        Profile?.EnterRest();
        _walk.Backward(new BackwardPass
        {
            Samples = samples,
            Parameters = parameters,
            Gradients = _gradients.Span,
            Input = inputs,
            DInput = dInputs,
            RandomKey = randomKey,
            Profile = Profile,
        });
        weight = _loss.Weight(lossPass);
        return loss;
    }

    private float Step(
        int samples, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> targets, ReadOnlySpan<float> sampleWeights)
    {
        Profile?.Begin();
        float loss = Differentiate(samples, inputs, labels, targets, sampleWeights, [], out double? weight);
        Move(weight);
        Steps++;
        _walk.EndStep(_network.ParameterSpan);
        _network.MarkChanged();
        Profile?.End();
        return loss;
    }

    /// <summary>Moves the parameters, or keeps the gradient until there are enough.</summary>
    /// <param name="weight">That of this batch, if losses are means: the loss of all batches is then <c>Σ weight·loss / Σ weight</c>.</param>
    private void Move(double? weight)
    {
        if (_sum is null)
        {
            Move(Gradients, scale: 1);
            return;
        }

        _sum.Add(Gradients, weight ?? 1);
        if (_sum.Count == AccumulationSteps)
        {
            double scale = weight is null ? 1 : _sum.MeanScale;
            _sum.Close();
            Move(_sum.Values, scale);
        }
    }

    private void Move(ReadOnlySpan<float> gradients, double scale)
    {
        Profile?.Enter(StepPhase.Optimizer, _updater.Optimizer, _updater.BytesPerMove);
        double clip = 1;
        if (Clipping is { MaxNorm: < float.PositiveInfinity })
        {
            double norm = _updater.Norm(gradients, scale);
            clip = double.IsFinite(norm) ? Clipping.Factor(norm) : throw DivergenceException.OfNorm(norm, Steps + 1);
        }

        _updater.Move(gradients, scale, clip, Clipping?.Limit ?? float.PositiveInfinity, Schedule.Factor(Updates));
        Profile?.EnterRest();
    }
}

using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public sealed class LossTests
{
    private const int Samples = 5;

    private enum Given
    {
        Labels,
        Targets,
    }

    private static readonly Dictionary<string, (Loss Loss, int Columns, Given Given)> s_cases = new()
    {
        ["mean squared error"] = (new MeanSquaredError(), 3, Given.Targets),
        ["sum of squared errors"] = (new MeanSquaredError(Reduction.Sum), 3, Given.Targets),
        ["mean absolute error"] = (new MeanAbsoluteError(), 3, Given.Targets),
        ["Huber"] = (new Huber(0.75f), 1, Given.Targets),
        ["binary cross-entropy of targets"] = (new BinaryCrossEntropy(2.5f), 3, Given.Targets),
        ["binary cross-entropy of labels"] = (new BinaryCrossEntropy(2.5f, Reduction.Sum), 1, Given.Labels),
        ["hinge of targets"] = (new Hinge(0.5f), 1, Given.Targets),
        ["hinge of labels"] = (new Hinge(), 1, Given.Labels),
        ["multi-class hinge"] = (new MultiClassHinge(0.5f), 4, Given.Labels),
        ["softmax cross-entropy"] = (new SoftmaxCrossEntropy(), 4, Given.Labels),
        ["softmax cross-entropy with all options"] = (new SoftmaxCrossEntropy(0.1f, [1, 2, 0.5f, 3]), 4, Given.Labels),
        ["softmax cross-entropy of targets"] = (new SoftmaxCrossEntropy(0.1f, [1, 2, 0.5f, 3]), 4, Given.Targets),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    /// <summary>
    /// The kernels are held against their own twins elsewhere; here it is enough that class, shadow and gradient mean the same. No formula
    /// is larger than the square of its outputs and targets, weighted, nor has more roundings than there are operations.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_loss_is_that_of_its_shadow_and_its_gradient_the_shadows_central_difference(string name)
    {
        (Loss loss, int columns, Given given) = s_cases[name];
        float[] outputs = Draws.Normal(Samples * columns, stream: 1, deviation: 2), gradient = new float[outputs.Length];
        int[] labels = given == Given.Labels ? Draws.Labels(Samples, Math.Max(2, columns), stream: 2) : [];
        float[] targets = given == Given.Targets ? Targets(loss, outputs.Length) : [];
        foreach (float[] weights in (float[][])[[], [1, 0.5f, 0, 2, 3]])
        {
            loss.Check(Shape.Vector(columns), Samples, labels, targets, weights);
            float[] sampleLosses = new float[Samples];
            LossPass pass = new()
            {
                Samples = Samples,
                Outputs = outputs,
                Labels = labels,
                Targets = targets,
                SampleWeights = weights,
                DOutputs = gradient,
                SampleLosses = sampleLosses,
            };
            float value = loss.Compute(pass);
            double sum = sampleLosses.Sum(value => (double)value), sumBound = Tolerance.Gamma(2 * Samples) * sum;
            Assert.Equal(loss.Reduction == Reduction.Sum, loss.Weight(pass) is null);
            Assert.InRange((value * (loss.Weight(pass) ?? 1)) - sum, -sumBound, sumBound);

            double Shadow(double[] x) => loss.Compute(new LossShadow
            {
                Samples = Samples,
                Outputs = x,
                Labels = labels,
                Targets = targets,
                SampleWeights = weights,
            });

            double[] x = Array.ConvertAll(outputs, output => (double)output);
            double largest = 1 + x.Max(Math.Abs) + targets.Select(Math.Abs).DefaultIfEmpty().Max();
            double bound = Tolerance.Gamma(40 + outputs.Length) * largest * largest * 3 * Samples, step = Math.ScaleB(1, -16);
            Assert.InRange(value - Shadow(x), -bound, bound);
            for (int i = 0; i < x.Length; i++)
            {
                double[] above = [.. x], below = [.. x];
                above[i] += step;
                below[i] -= step;
                Assert.InRange(gradient[i] - ((Shadow(above) - Shadow(below)) / (2 * step)), -bound, bound);
            }
        }
    }

    [Fact]
    public void A_loss_refuses_outputs_without_meaning()
    {
        Shape image = Shape.Image(1, 2, 2);
        Assert.Throws<ArgumentException>("output", () => new SoftmaxCrossEntropy().CheckOutput(image));
        Assert.Throws<ArgumentException>("output", () => new MultiClassHinge().CheckOutput(image));
        Refuses("'output' holds 4 values, expected 1.", () => new Hinge().CheckOutput(image));
        Refuses("'ClassWeights' holds 2 values, expected 3.", () => new SoftmaxCrossEntropy(0, [1, 2]).CheckOutput(Shape.Vector(3)));
        new MeanSquaredError().CheckOutput(image);
        new BinaryCrossEntropy().CheckOutput(image);
    }

    [Fact]
    public void A_loss_refuses_what_it_cannot_compare_outputs_with()
    {
        void Check(Loss loss, int columns, int[] labels, float[] targets, float[] weights) =>
            loss.Check(Shape.Vector(columns), 2, labels, targets, weights);

        foreach (Loss loss in (Loss[])[new MeanSquaredError(), new MeanAbsoluteError(), new Huber()])
        {
            Refuses($"{loss.GetType().Name} takes targets, not 'labels'.", () => Check(loss, 1, [0, 1], [], []));
        }

        Refuses("MultiClassHinge takes labels, not 'targets'.", () => Check(new MultiClassHinge(), 2, [], [0, 1, 1, 0], []));
        Refuses("'targets' holds 3 values, expected 4.", () => Check(new MeanSquaredError(), 2, [], [1, 2, 3], []));
        Refuses("'labels' holds 1 values, expected 2.", () => Check(new SoftmaxCrossEntropy(), 2, [1], [], []));
        Refuses("'labels[1]' is 2, expected 0 to 1 (2 classes).", () => Check(new SoftmaxCrossEntropy(), 2, [1, 2], [], []));
        Refuses("'targets[3]' is 1.5, expected 0 to 1.", () => Check(new SoftmaxCrossEntropy(), 2, [], [1, 0, 0, 1.5f], []));
        Refuses("'labels[1]' is 3, expected 0 to 2 (3 classes).", () => Check(new MultiClassHinge(), 3, [1, 3], [], []));
        Refuses("'labels' holds 2 values, expected 6.", () => Check(new BinaryCrossEntropy(), 3, [0, 1], [], []));
        Refuses("'labels[0]' is -1, expected 0 to 1 (2 classes).", () => Check(new BinaryCrossEntropy(), 1, [-1, 1], [], []));
        Refuses("'targets[0]' is -1, expected 0 to 1.", () => Check(new BinaryCrossEntropy(), 1, [], [-1, 1], []));
        Refuses("'labels[0]' is 2, expected 1, or 0 or -1 (2 classes).", () => Check(new Hinge(), 1, [2, 1], [], []));
        Refuses("'targets[0]' is 0, expected -1 or 1.", () => Check(new Hinge(), 1, [], [0, 1], []));
        Refuses("'sampleWeights' holds 3 values, expected 2.", () => Check(new SoftmaxCrossEntropy(), 2, [0, 1], [], [1, 1, 1]));
        Refuses("'sampleWeights' sum to 0, expected a finite number above 0.", () => Check(new Hinge(), 1, [0, 1], [], [0, 0]));
    }

    [Fact]
    public void A_loss_holds_what_it_was_described_with()
    {
        SoftmaxCrossEntropy loss = new(0.25f, [1, 2], Reduction.Sum);
        Assert.Equal(0.25f, loss.LabelSmoothing);
        Assert.Equal([1, 2], loss.ClassWeights);
        Assert.Equal(Reduction.Sum, loss.Reduction);
        Assert.Equal(0.5f, new Huber(0.5f).Delta);
        Assert.Equal(3, new BinaryCrossEntropy(3).PositiveWeight);
        Assert.Equal(2, new Hinge(2).Margin);
        Assert.Equal(2, new MultiClassHinge(2).Margin);
        Assert.Throws<ArgumentOutOfRangeException>("labelSmoothing", () => new SoftmaxCrossEntropy(1));
        Assert.Throws<ArgumentOutOfRangeException>("reduction", () => new MeanSquaredError((Reduction)2));
        Assert.Throws<ArgumentOutOfRangeException>("classWeights", () => new SoftmaxCrossEntropy(0, [1, -1]));
        Assert.Throws<ArgumentOutOfRangeException>("delta", () => new Huber(0));
        Assert.Throws<ArgumentOutOfRangeException>("positiveWeight", () => new BinaryCrossEntropy(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => new Hinge(-1));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => new MultiClassHinge(0));
    }

    private static float[] Targets(Loss loss, int count) => Array.ConvertAll(Draws.Normal(count, stream: 3), draw => loss switch
    {
        BinaryCrossEntropy or SoftmaxCrossEntropy => Math.Clamp(draw, 0, 1),
        Hinge => draw < 0 ? -1 : 1,
        _ => draw,
    });

    private static void Refuses(string message, Action action) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}

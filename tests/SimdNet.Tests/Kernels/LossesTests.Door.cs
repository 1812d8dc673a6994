using SimdNet.Kernels;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>What is refused, and that a refused call has written nothing.</content>
public sealed unsafe partial class LossesTests
{
    [Fact]
    public void Wrong_lengths_weights_and_overlaps_are_refused_by_every_loss()
    {
        float[] x = [1, 2, 3, 4, 5, 6], t = [0, 1, 0, 1, 0, 1], dx = new float[6], losses = [7, 7];
        void Run(int columns, float[] w, Span<float> gradient, Span<float> rowLosses) =>
            Losses.MeanSquaredError(x, t, w, columns, Reduction.Mean, gradient, rowLosses);

        Refuses("'columns' is 0, expected 1 or more.", () => Run(0, [], dx, losses));
        Refuses("'outputs' holds 6 values, expected 8.", () => Run(4, [], dx, losses));
        Refuses("'dOutputs' holds 5 values, expected 6.", () => Run(3, [], dx.AsSpan(1), losses));
        Refuses("'outputs' holds 6 values, expected 3.", () => Run(3, [], dx, losses.AsSpan(1)));
        Refuses("'rowWeights' holds 3 values, expected 2.", () => Run(3, [1, 1, 1], dx, losses));
        Refuses("'rowWeights[1]' is -1, expected 0 to 3.4028235E+38.", () => Run(3, [1, -1], dx, losses));
        Refuses("'rowWeights[0]' is NaN, expected 0 to 3.4028235E+38.", () => Run(3, [float.NaN, 1], dx, losses));
        Refuses("'rowWeights[1]' is Infinity, expected 0 to 3.4028235E+38.", () => Run(3, [1, float.PositiveInfinity], dx, losses));
        Refuses("'rowWeights' sum to 0, expected a finite number above 0.", () => Run(3, [0, 0], dx, losses));
        Refuses("'rowWeights' sum to Infinity, expected a finite number above 0.", () => Run(3, [3e38f, 3e38f], dx, losses));
        Refuses("'targets' holds 5 values, expected 6.", () => Losses.MeanSquaredError(x, t.AsSpan(1), [], 3, Reduction.Mean, dx, losses));
        Refuses("'rowLosses' starts 0 values after 'dOutputs'", () => Run(3, [], dx, dx.AsSpan(0, 2)));
        Refuses("'rowLosses' starts 0 values after 'outputs'", () => Run(3, [], dx, x.AsSpan(0, 2)));
        Refuses("'rowLosses' starts 1 values after 'targets'", () => Run(3, [], dx, t.AsSpan(1, 2)));
        Refuses("'dOutputs' starts 0 values after 'targets'", () => Run(3, [], t, losses));
        float[] weights = [1, 1];
        Refuses("'rowLosses' starts 0 values after 'rowWeights'", () => Run(3, weights, dx, weights));
        Assert.Equal([0, 0, 0, 0, 0, 0, 7, 7], [.. dx, .. losses]);
    }

    [Fact]
    public void Wrong_numbers_labels_and_targets_are_refused_by_the_losses_that_take_them()
    {
        float[] x = [1, 2, 3, 4, 5, 6], t = [0, 1, 0, 1, 0, 1], dx = new float[6], losses = [7, 7];
        foreach (float wrong in (float[])[0, -1, float.NaN, float.PositiveInfinity])
        {
            Refuses(
                $"'delta' is {wrong}, expected a finite number above 0.",
                () => Losses.Huber(x, t, [], 3, wrong, Reduction.Mean, dx, losses));
            Refuses(
                $"'positiveWeight' is {wrong}, expected a finite number above 0.",
                () => Losses.BinaryCrossEntropy(x, t, [], 3, wrong, Reduction.Mean, dx, losses));
            Refuses(
                $"'margin' is {wrong}, expected a finite number above 0.",
                () => Losses.MultiClassHinge(x, [0, 1], [], 3, wrong, Reduction.Mean, dx, losses));
            Refuses(
                $"'margin' is {wrong}, expected a finite number above 0.",
                () => Losses.Hinge(x.AsSpan(0, 2), (int[])[0, 1], [], wrong, Reduction.Mean, dx.AsSpan(0, 2), losses));
        }

        Refuses(
            "'targets[1]' is 1.5, expected 0 to 1.",
            () => Losses.BinaryCrossEntropy(x, (float[])[0, 1.5f, 0, 1, 0, 1], [], 3, 1, Reduction.Mean, dx, losses));
        Refuses("'labels[1]' is 2, expected 0 to 1 (2 classes).", () => Binary([0, 2]));
        Refuses("'targets[1]' is 0, expected -1 or 1.", () => Signs([1, 0]));
        Refuses("'targets[0]' is NaN, expected -1 or 1.", () => Signs([float.NaN, 1]));
        Refuses("'labels[1]' is 2, expected 1, or 0 or -1 (2 classes).", () => SignLabels([-1, 2]));
        Refuses("'labels[1]' is 3, expected 0 to 2 (3 classes).", () => MultiClass([0, 3]));
        Refuses("'outputs' holds 6 values, expected 3.", () => MultiClass([0]));
        Assert.Equal([0, 0, 0, 0, 0, 0, 7, 7], [.. dx, .. losses]);

        void MultiClass(int[] labels) => Losses.MultiClassHinge(x, labels, [], 3, 1, Reduction.Mean, dx, losses);
        void Binary(int[] labels) => Losses.BinaryCrossEntropy(x.AsSpan(0, 2), labels, [], 1, Reduction.Mean, dx.AsSpan(0, 2), losses);
        void Signs(float[] targets) => Losses.Hinge(x.AsSpan(0, 2), targets, [], 1, Reduction.Mean, dx.AsSpan(0, 2), losses);
        void SignLabels(int[] labels) => Losses.Hinge(x.AsSpan(0, 2), labels, [], 1, Reduction.Mean, dx.AsSpan(0, 2), losses);
    }

    [Fact]
    public void Wrong_arguments_of_the_cross_entropy_are_refused()
    {
        float[] logits = [1, 2, 3, 4, 5, 6], gradient = new float[6], losses = new float[2];
        void Plain(int[] labels, int classes, int gradientLength, int lossesLength) => Losses.SoftmaxCrossEntropy(
            logits, labels, classes, gradient.AsSpan(0, gradientLength), losses.AsSpan(0, lossesLength));
        void Full(float[] classWeights, float smoothing, params float[] targets) =>
            Losses.SoftmaxCrossEntropy(logits, targets, [], classWeights, 3, smoothing, Reduction.Mean, gradient, losses);

        Refuses("'classes' is 0, expected 1 or more.", () => Plain([0, 0], 0, 6, 2));
        Refuses("'logits' holds 6 values, expected 8.", () => Plain([0, 0], 4, 6, 2));
        Refuses("'labels[1]' is 3, expected 0 to 2 (3 classes).", () => Plain([0, 3], 3, 6, 2));
        Refuses("'labels[0]' is -1, expected 0 to 2 (3 classes).", () => Plain([-1, 3], 3, 6, 2));
        Refuses("'dLogits' holds 5 values, expected 6.", () => Plain([0, 1], 3, 5, 2));
        Refuses("'rowLosses' holds 1 values, expected 2.", () => Plain([0, 1], 3, 6, 1));
        Refuses("'classWeights' holds 2 values, expected 3.", () => Full([1, 1], 0, 1, 0, 0, 1, 0, 0));
        Refuses("'classWeights[2]' is -1, expected 0 to 3.4028235E+38.", () => Full([1, 1, -1], 0, 1, 0, 0, 1, 0, 0));
        Refuses("'labelSmoothing' is 1, expected at least 0 and less than 1.", () => Full([], 1, 1, 0, 0, 1, 0, 0));
        Refuses("'labelSmoothing' is NaN, expected at least 0 and less than 1.", () => Full([], float.NaN, 1, 0, 0, 1, 0, 0));
        Refuses("'targets' holds 5 values, expected 6.", () => Full([], 0, 1, 0, 0, 1, 0));
        Refuses("'targets[2]' is NaN, expected 0 to 1.", () => Full([], 0, 1, 0, float.NaN, 1, 0, 0));
        Refuses("'targets[5]' is -0.5, expected 0 to 1.", () => Full([], 0, 1, 0, 0, 1, 0, -0.5f));
        Assert.Throws<ArgumentException>("dLogits", () => Losses.SoftmaxCrossEntropy(
            logits.AsSpan(0, 3), [0], 3, logits.AsSpan(1, 3), losses.AsSpan(0, 1)));
        Assert.Throws<ArgumentException>("rowLosses", () => Losses.SoftmaxCrossEntropy(logits, [0, 1], 3, gradient, logits.AsSpan(0, 2)));
        Assert.Throws<ArgumentException>("rowLosses", () => Losses.SoftmaxCrossEntropy(logits, [0, 1], 3, gradient, gradient.AsSpan(4, 2)));
        Assert.All([.. gradient, .. losses], value => Assert.Equal(0, value));
        Assert.Equal([1, 2, 3, 4, 5, 6], logits);
    }
}

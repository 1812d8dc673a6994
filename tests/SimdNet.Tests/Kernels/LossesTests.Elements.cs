using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <content>Losses that are sums over outputs, each with its own target.</content>
public sealed unsafe partial class LossesTests
{
    private const float Delta = 0.75f, PositiveWeight = 2.5f, Margin = 0.5f;

    private delegate float Kernel(
        ReadOnlySpan<float> x, ReadOnlySpan<float> t, ReadOnlySpan<float> w, int columns, Reduction reduction, Span<float> dx,
        Span<float> losses);

    private static readonly Element[] s_elements =
    [
        new("squared", Losses.MeanSquaredError, LossesReference.SquaredError, draw => draw),
        new("absolute", Losses.MeanAbsoluteError, LossesReference.AbsoluteError, draw => draw),
        new(
            "Huber",
            (x, t, w, columns, reduction, dx, losses) => Losses.Huber(x, t, w, columns, Delta, reduction, dx, losses),
            (x, t) => LossesReference.Huber(x, t, Delta),
            draw => draw),
        new(
            "cross-entropy",
            (x, t, w, columns, reduction, dx, losses) => Losses.BinaryCrossEntropy(x, t, w, columns, 1, reduction, dx, losses),
            (x, t) => LossesReference.BinaryCrossEntropy(x, t, 1),
            draw => Math.Clamp(draw, 0, 1)) { Cancelled = 1 },
        new(
            "weighted cross-entropy",
            (x, t, w, columns, reduction, dx, losses) => Losses.BinaryCrossEntropy(x, t, w, columns, PositiveWeight, reduction, dx, losses),
            (x, t) => LossesReference.BinaryCrossEntropy(x, t, PositiveWeight),
            draw => Math.Clamp(draw, 0, 1)) { Cancelled = PositiveWeight },
        new(
            "hinge",
            (x, t, w, _, reduction, dx, losses) => Losses.Hinge(x, t, w, Margin, reduction, dx, losses),
            (x, t) => LossesReference.Hinge(x, t, Margin),
            draw => draw < 0 ? -1 : 1) { OneColumn = true },
    ];

    public static TheoryData<string> ElementNames => [.. s_elements.Select(element => element.Name)];

    [Property(MaxTest = 400)]
    public void Elementwise_losses_are_those_of_the_reference(
        byte which, byte rowCount, byte columnCount, bool column, bool weighted, bool sum, bool atEnd, bool inPlace)
    {
        Element element = s_elements[which % s_elements.Length];
        int columns = column || element.OneColumn ? 1 : 1 + (columnCount % 70), rows = 1 + (columns == 1 ? rowCount : rowCount % 20);
        float[] weights = weighted ? Weights(rows, stream: columnCount) : [];
        using GuardedBuffer x = Guarded(Draws.Normal(rows * columns, stream: rowCount, deviation: 4), atEnd);
        using GuardedBuffer t = Guarded(element.Targets(rows * columns, stream: 300u + columnCount), atEnd);
        using GuardedBuffer w = Guarded(weights, atEnd), result = new(rows * columns, atEnd), losses = new(rows, atEnd);
        double[] outputs = Doubles(x.Span);
        Span<float> gradient = inPlace ? x.Span : result.Span;

        float loss = element.Kernel(x.Span, t.Span, w.Span, columns, sum ? Reduction.Sum : Reduction.Mean, gradient, losses.Span);

        double divisor = sum ? 1 : columns * (weighted ? weights.Sum(weight => (double)weight) : rows), total = 0;
        double gamma = Tolerance.Gamma(Roundings(rows, columns));
        for (int row = 0; row < rows; row++)
        {
            double weight = weighted ? weights[row] : 1, rowLoss = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++)
            {
                (double value, double derivative) = element.Twin(outputs[i], t.Span[i]);
                rowLoss += weight * value;

                double magnitude = Math.Max(Math.Abs(derivative), element.Cancelled);
                Near(weight * derivative / divisor, gradient[i], gamma * weight * magnitude / divisor);
            }

            Near(rowLoss, losses.Span[row], gamma * rowLoss);
            total += rowLoss;
        }

        Near(total / divisor, loss, gamma * total / divisor);
    }

    /// <summary>A central difference errs by its step's square times the third derivative, at most 1, and by the roundings of double.</summary>
    [Theory]
    [MemberData(nameof(ElementNames))]
    public void The_references_gradient_is_the_central_difference(string name)
    {
        Element element = Find(name);
        double step = Math.ScaleB(1, -16);
        foreach (float draw in Draws.Normal(200, stream: 9, deviation: 3))
        {
            double t = element.Target(draw / 2), x = draw + 0.123, value = element.Twin(x, t).Loss;
            double difference = (element.Twin(x + step, t).Loss - element.Twin(x - step, t).Loss) / (2 * step);
            Near(difference, element.Twin(x, t).Derivative, (step * step) + (Math.ScaleB(1, -50) * (1 + value) / step));
        }
    }

    [Theory]
    [MemberData(nameof(ElementNames))]
    public void Unit_weights_are_no_weights_and_a_weight_counts_its_row_as_often(string name)
    {
        Element element = Find(name);
        float[] x = Draws.Normal(5, stream: 1), t = element.Targets(5, stream: 2);
        float[] Run(float[] x, float[] t, float[] w, Reduction reduction) =>
            Results(x.Length, x.Length, (dx, losses) => element.Kernel(x, t, w, 1, reduction, dx, losses));

        Assert.Equal(Run(x, t, [], Reduction.Mean), Run(x, t, [1, 1, 1, 1, 1], Reduction.Mean));
        Assert.Equal(Run(x, t, [], Reduction.Sum), Run(x, t, [1, 1, 1, 1, 1], Reduction.Sum));

        float weighted = Run(x, t, [1, 0, 2, 0.5f, 0.5f], Reduction.Mean)[0];
        float[] twice = [x[0], x[2], x[2], x[3], x[4]], targets = [t[0], t[2], t[2], t[3], t[4]];
        float repeated = Run(twice, targets, [1, 1, 1, 0.5f, 0.5f], Reduction.Mean)[0];
        Near(repeated, weighted, Tolerance.Gamma(2 * Roundings(5, 1)) * repeated);
        Near(Run(x, t, [1, 0, 2, 0.5f, 0.5f], Reduction.Sum)[0] / 4, weighted, Tolerance.Gamma(2) * weighted);
    }

    [Fact]
    public void At_a_kink_the_derivative_is_0_or_that_of_the_parabola()
    {
        static float[] Gradient(string name, float x, float t) => Results(
            1, 1, (dx, losses) => Find(name).Kernel([x], [t], [], 1, Reduction.Mean, dx, losses))[1..2];

        Assert.Equal([0], Gradient("absolute", 1.5f, 1.5f));
        Assert.Equal([1], Gradient("absolute", float.Epsilon, 0));
        Assert.Equal([-1], Gradient("absolute", -float.Epsilon, 0));
        Assert.Equal([Delta], Gradient("Huber", 1 + Delta, 1));
        Assert.Equal([-Delta], Gradient("Huber", -100, 1));
        Assert.Equal([0], Gradient("hinge", Margin, 1));
        Assert.Equal([-1], Gradient("hinge", MathF.BitDecrement(Margin), 1));
        Assert.Equal([1], Gradient("hinge", 0, -1));
    }

    /// <summary>The margin of a sure answer is as exact as that of an unsure one.</summary>
    [Fact]
    public void Large_logits_do_not_overflow_nor_vanish()
    {
        float[] x = [3e38f, 3e38f, -3e38f, -3e38f, 20, -20, 0], t = [1, 0, 1, 0, 1, 0, 0.25f];
        float[] gradient = new float[7], losses = new float[7];
        Losses.BinaryCrossEntropy(x, t, [], 1, 1, Reduction.Sum, gradient, losses);

        float tiny = (float)Math.Exp(-20); // ln(1 + e) is e to half a rounding
        Assert.Equal([0, 3e38f, 3e38f, 0], losses[..4]);
        Assert.InRange(Tolerance.UnitsInTheLastPlace(tiny, losses[4]), 0, 2);
        Assert.Equal(losses[4], losses[5]);
        Assert.InRange(Tolerance.UnitsInTheLastPlace(MathF.Log(2), losses[6]), 0, 2);
        Assert.Equal([0, 1, -1, 0], gradient[..4]);
        Assert.InRange(Tolerance.UnitsInTheLastPlace(-tiny, gradient[4]), 0, 2);
        Assert.Equal([-gradient[4], 0.25f], gradient[5..]);
    }

    [Theory]
    [MemberData(nameof(ElementNames))]
    public void Not_a_number_stays_so_and_spoils_its_own_row_only(string name)
    {
        Element element = Find(name);
        foreach (int columns in (int[])[1, element.OneColumn ? 1 : 2])
        {
            float[] x = Draws.Normal(2 * columns, stream: 1), t = element.Targets(2 * columns, stream: 2);
            float[] before = Results(x.Length, 2, (dx, losses) => element.Kernel(x, t, [], columns, Reduction.Mean, dx, losses));
            x[0] = float.NaN;
            float[] after = Results(x.Length, 2, (dx, losses) => element.Kernel(x, t, [], columns, Reduction.Mean, dx, losses));

            Assert.Equal([float.NaN, float.NaN, .. before[2..(1 + x.Length)], float.NaN, before[^1]], after);
        }
    }

    [Theory]
    [InlineData(40_000, 1)]
    [InlineData(6_000, 11)]
    public void Elementwise_losses_have_the_same_bits_for_any_number_of_threads(int rows, int columns)
    {
        float[] x = Draws.Normal(rows * columns, stream: 1), w = Weights(rows, stream: 2);
        foreach (Element element in s_elements.Where(element => columns == 1 || !element.OneColumn))
        {
            float[] t = element.Targets(x.Length, stream: 3);
            SameForAnyNumberOfThreads(() => Results(
                x.Length, rows, (dx, losses) => element.Kernel(x, t, w, columns, Reduction.Mean, dx, losses)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(130)]
    public void Elementwise_losses_have_the_same_bits_at_every_width(int columns)
    {
        Same(default(Losses.SquaredError), columns, draw => draw);
        Same(default(Losses.AbsoluteError), columns, draw => draw);
        Same(new Losses.HuberError(Delta), columns, draw => draw);
        Same(new Losses.LogisticError(PositiveWeight), columns, draw => Math.Clamp(draw, 0, 1));
        Same(new Losses.HingeError(Margin), columns, draw => draw < 0 ? -1 : 1);
        Same(
            new Losses.LabelledError<Losses.HingeError>(new(Margin), negative: -1), columns,
            draw => BitConverter.Int32BitsToSingle(draw < 0 ? 0 : 1));
    }

    [Fact]
    public void Labels_are_targets()
    {
        float[] x = Draws.Normal(50, stream: 1, deviation: 2), w = Weights(50, stream: 2);
        int[] labels = Draws.Labels(50, 2, stream: 3), signs = Array.ConvertAll(labels, label => (2 * label) - 1);
        float[] probabilities = Array.ConvertAll(labels, label => (float)label), targets = Array.ConvertAll(signs, sign => (float)sign);
        float[] Run(Func<float[], float[], float> loss) => Results(50, 50, loss);

        Assert.Equal(
            Run((dx, losses) => Losses.BinaryCrossEntropy(x, probabilities, w, 1, PositiveWeight, Reduction.Mean, dx, losses)),
            Run((dx, losses) => Losses.BinaryCrossEntropy(x, labels, w, PositiveWeight, Reduction.Mean, dx, losses)));
        float[] expected = Run((dx, losses) => Losses.Hinge(x, targets, w, Margin, Reduction.Mean, dx, losses));
        Assert.Equal(expected, Run((dx, losses) => Losses.Hinge(x, labels, w, Margin, Reduction.Mean, dx, losses)));
        Assert.Equal(expected, Run((dx, losses) => Losses.Hinge(x, signs, w, Margin, Reduction.Mean, dx, losses)));
    }

    private static void Same<TLoss>(TLoss loss, int columns, Func<float, float> target)
        where TLoss : struct, Losses.IElementLoss
    {
        const int Rows = 21;
        float[] outputs = Draws.Normal(Rows * columns, stream: 1, deviation: 3), w = Weights(Rows, stream: 2);
        float[] targets = Array.ConvertAll(Draws.Normal(Rows * columns, stream: 3), draw => target(draw));
        float[] gradient = new float[outputs.Length], rowLosses = new float[Rows];
        fixed (float* x = outputs, t = targets, dx = gradient, losses = rowLosses)
        {
            Losses.ElementRows<TLoss> rows = new(loss, x, t, columns, 0.125f, dx, losses);
            Widths.Same(
                new Losses.LossRange<Losses.ElementRows<TLoss>>(rows, start: 0, end: Rows),
                () => w.CopyTo(rowLosses, 0),
                () => [.. gradient, .. rowLosses]);
        }
    }

    private static Element Find(string name) => Array.Find(s_elements, element => element.Name == name)!;

    /// <summary>A loss, its twin, and how a draw becomes a target.</summary>
    private sealed record Element(
        string Name, Kernel Kernel, Func<double, double, (double Loss, double Derivative)> Twin, Func<float, float> Target)
    {
        /// <summary>Whether a row has one output only.</summary>
        public bool OneColumn { get; init; }

        /// <summary>The most that a part of the derivative may be, which another part cancels.</summary>
        public double Cancelled { get; init; }

        public float[] Targets(int count, uint stream) => Array.ConvertAll(Draws.Normal(count, stream), draw => Target(draw));
    }
}

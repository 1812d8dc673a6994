using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>Softmax, and softmax cross-entropy with its gradient, beside libtorch. A case is named <c>cross-entropy 1024x64</c>.</summary>
internal sealed class LossSuite : ShapeSuite
{
    private const int Operations = 15; // 11 of the exponential; maximum, difference, sum, product

    public override string Name => "loss";

    public override string Unit => "G/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
    [
        .. from kind in (string[])["softmax", "cross-entropy"]
           from shape in (string[])["1024x64", "256x10", "64x1000"]
           select $"{kind} {shape}",
    ];

    protected override string Limit =>
        $"the multiplies and adds of SimdNet's formula as {Limits.FmaName}; or {Limits.StreamName}; whichever takes longer";

    protected override IReadOnlyDictionary<string, string[]> Kinds { get; } =
        new Dictionary<string, string[]> { ["softmax"] = ["rows", "classes"], ["cross-entropy"] = ["rows", "classes"] };

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    protected override Case Create(ShapeCase asked)
    {
        AlignedBuffer logits = RandomData.Floats(asked.Length, seed: 1, low: -4, high: 4), answer = new(asked.Length);
        (Contestant simdNet, Contestant libTorch, Action check) =
            asked.Kind == "softmax" ? SoftmaxForward(asked, logits, answer) : CrossEntropy(asked, logits, answer);
        double flops = 2.0 * Operations * asked.Length, bytes = 8.0 * asked.Length;
        return new(
            asked.Name, asked.Length, simdNet, [libTorch], check,
            () => Math.Max(Limits.Fma(flops, asked.Threads), Limits.Stream(bytes, bytes, asked.Threads)));
    }

    private static (Contestant SimdNet, Contestant LibTorch, Action Check) SoftmaxForward(
        ShapeCase asked, AlignedBuffer logits, AlignedBuffer y)
    {
        int classes = asked.Shape[1];
        torch.Tensor x = Torch.Tensor(logits, asked.LongShape);
        Contestant simdNet = new("SimdNet", () => SoftmaxRows.Forward(logits.Span, classes, y.Span));
        return (simdNet, Torch.Contestant(Torch.Name, Theirs), Check);

        torch.Tensor Theirs() => torch.nn.functional.softmax(x, 1);

        void Check()
        {
            y.Span.Fill(float.NaN); // what is not written is not right
            simdNet.Run();
            Agreement.Check("y", Torch.Name, y.Span, Torch.Answer(Theirs), i => SoftmaxError(classes) * y.Span[i]);
        }
    }

    /// <summary>The mean loss and its gradient.</summary>
    private static (Contestant SimdNet, Contestant LibTorch, Action Check) CrossEntropy(
        ShapeCase asked, AlignedBuffer logits, AlignedBuffer dLogits)
    {
        (int rows, int classes) = (asked.Shape[0], asked.Shape[1]);
        int[] labels = RandomData.Labels(rows, classes, seed: 2);
        AlignedBuffer rowLosses = new(rows);
        torch.Tensor x = Torch.Variable(logits, asked.LongShape), y = Torch.Labels(labels);
        return (
            new("SimdNet", () => Losses.SoftmaxCrossEntropy(logits.Span, labels, classes, dLogits.Span, rowLosses.Span)),
            Torch.Contestant(Torch.Name, () => Theirs()),
            Check);

        torch.Tensor[] Theirs()
        {
            torch.Tensor loss = torch.nn.functional.cross_entropy(x, y);
            return [loss, .. torch.autograd.grad([loss], [x])];
        }

        void Check()
        {
            dLogits.Span.Fill(float.NaN); // what is not written is not right
            float loss = Losses.SoftmaxCrossEntropy(logits.Span, labels, classes, dLogits.Span, rowLosses.Span);
            float[][] theirs = [.. Theirs().Select(Torch.Values)];
            double bound = SoftmaxError(classes), ofLoss = bound + ((bound + Agreement.Gamma(rows)) * Math.Abs(loss));
            Agreement.Check("loss", Torch.Name, [loss], theirs[0], _ => ofLoss);
            Agreement.Check("dLogits", Torch.Name, dLogits.Span, theirs[1], _ => bound / rows);
        }
    }

    /// <summary>
    /// Of two right answers p ≤ 1: each has the roundings of a sum over the classes, of a difference of up to 8 in the exponent (8 units),
    /// and those of an exponential, a quotient and a product, for which 8 are allowed.
    /// </summary>
    private static double SoftmaxError(int classes) => 2 * Agreement.Gamma(classes + 16);
}

using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Simd;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>Normalisation and dropout in training, beside libtorch. A case is named <c>batch-norm 64x32x26x26</c>.</summary>
internal sealed partial class NormalizationSuite : ShapeSuite
{
    private const float Epsilon = 1e-5f, Momentum = 0.1f, Dropped = 0.25f;

    private static readonly string[] s_images = ["batch", "channels", "height", "width"], s_rows = ["rows", "features"];

    public override string Name => "normalization";

    public override string Unit => "GB/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
    [
        "batch-norm 64x32x26x26", "batch-norm-backward 64x32x26x26", "layer-norm 1024x512", "layer-norm-backward 1024x512",
        "dropout 1048576",
    ];

    protected override string Limit => $"{Limits.StreamName}: operands and results once each";

    protected override IReadOnlyDictionary<string, string[]> Kinds { get; } = new Dictionary<string, string[]>
    {
        ["batch-norm"] = s_images,
        ["batch-norm-backward"] = s_images,
        ["layer-norm"] = s_rows,
        ["layer-norm-backward"] = s_rows,
        ["dropout"] = ["values"],
    };

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    protected override string? RefuseShape(string caseName, int[] shape) =>
        shape.Length == s_images.Length && shape[0] * shape[2] * shape[3] == 1
            ? $"'{caseName}' has one value in a channel: expected 2 or more."
            : null;

    protected override Case Create(ShapeCase asked)
    {
        (Contestant simdNet, Contestant libTorch, Action check, int arrays) = asked.Kind switch
        {
            "dropout" => Dropout(asked),
            "batch-norm" => new BatchNorm(asked).Forward(),
            "batch-norm-backward" => new BatchNorm(asked).Backward(),
            "layer-norm" => new LayerNorm(asked).Forward(),
            _ => new LayerNorm(asked).Backward(),
        };
        double bytes = 4.0 * arrays * asked.Length;
        return new(asked.Name, bytes, simdNet, [libTorch], check, () => Limits.Stream(bytes, bytes, asked.Threads));
    }

    /// <summary>The masks are different, so each is checked alone.</summary>
    private static (Contestant SimdNet, Contestant LibTorch, Action Check, int Arrays) Dropout(ShapeCase asked)
    {
        AlignedBuffer x = RandomData.Floats(asked.Length, seed: 1, low: 1, high: 2), y = new(asked.Length);
        torch.Tensor tensor = Torch.Tensor(x, asked.Length);
        uint step = 0;
        Contestant simdNet = new("SimdNet", () => DropoutMask.Apply(x.Span, Dropped, new Philox(1, ++step), y.Span));
        return (simdNet, Torch.Contestant(Torch.Name, Theirs), Check, 2);

        torch.Tensor Theirs() => torch.nn.functional.dropout(tensor, Dropped, training: true);

        void Check()
        {
            y.Span.Fill(float.NaN); // what is not written is not right
            simdNet.Run();
            CheckMask("SimdNet", x.Span, y.Span);
            CheckMask(Torch.Name, x.Span, Torch.Answer(Theirs));
        }
    }

    /// <summary>Each value is 0 or x/(1-p), and the number of zeros is within six deviations of its mean.</summary>
    private static void CheckMask(string who, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int zeros = 0;
        for (int i = 0; i < x.Length; i++)
        {
            zeros += y[i] == 0 ? 1 : 0;
            double expected = y[i] == 0 ? 0 : x[i] / (1.0 - Dropped);
            if (!(Math.Abs(y[i] - expected) <= 4 * Agreement.Unit * expected))
            {
                throw new PeersException($"y[{i}] is {y[i]} for {who}, expected 0 or {expected}.");
            }
        }

        double mean = Dropped * x.Length, most = 6 * Math.Sqrt(mean * (1 - Dropped)) + 1;
        if (Math.Abs(zeros - mean) > most)
        {
            throw new PeersException($"{who} has dropped {zeros} values, expected {mean:F0} to within {most:F0}.");
        }
    }

    /// <summary>Two right answers differ by their roundings, of both signs; what is counted is the longest sum's.</summary>
    private static void Compare(string what, ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, int summed) =>
        Agreement.CheckNorm(what, Torch.Name, ours, theirs, Agreement.Gamma(summed + 16));
}

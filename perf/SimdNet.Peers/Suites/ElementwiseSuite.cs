using System.Numerics.Tensors;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using SimdNet.Simd;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>Functions of one number beside TensorPrimitives and libtorch. A case is named <c>exp 65536</c>.</summary>
/// <remarks>
/// SimdNet and TensorPrimitives write beside what they read. So does libtorch, in a new tensor; where values stay ordinary when the
/// function is applied again and again, it also runs in place.
/// </remarks>
internal sealed class ElementwiseSuite : ShapeSuite
{
    private const string InPlace = Torch.Name + " in place";

    private static readonly Dictionary<string, Function> s_functions = new()
    {
        ["exp"] = new()
        {
            Operations = 11,
            Ours = (x, y) => Elementwise.Map(default(Exp), x, y),
            TensorPrimitives = (x, y) => TensorPrimitives.Exp(x, y),
            Torch = x => x.exp(),
            Magnitude = x => Math.Exp(x),
        },
        ["sigmoid"] = new()
        {
            Operations = 13,
            Ours = (x, y) => Elementwise.Map(default(SigmoidOperator), x, y),
            TensorPrimitives = (x, y) => TensorPrimitives.Sigmoid(x, y),
            Torch = x => x.sigmoid(),
            TorchInPlace = x => x.sigmoid_(),
            Magnitude = x => 1 / (1 + Math.Exp(-x)),
        },
        ["tanh"] = new()
        {
            Operations = 15,
            Ours = (x, y) => Elementwise.Map(default(TanhOperator), x, y),
            TensorPrimitives = (x, y) => TensorPrimitives.Tanh(x, y),
            Torch = x => x.tanh(),
            TorchInPlace = x => x.tanh_(),
            Magnitude = Math.Tanh,
            PrimitivesDiffer = 4 * Agreement.Unit, // near 0 only its absolute error is small
        },
        ["gelu"] = new()
        {
            Operations = 24,
            Ours = (x, y) => Elementwise.Map(default(GELUOperator), x, y),
            TensorPrimitives = GELUOfTanh,
            Torch = x => torch.nn.functional.gelu(x),
            Magnitude = x => x,
            PrimitivesDiffer = 1e-3, // there is no erf: the form of tanh is off by up to 4.8e-4
        },
    };

    public override string Name => "elementwise";

    public override string Unit => "G/s";

    public override IReadOnlyList<string> DefaultCases { get; } = [.. s_functions.Keys.Select(name => $"{name} 65536")];

    protected override string Limit =>
        $"the multiplies and adds of SimdNet's formula as {Limits.FmaName}; or {Limits.StreamName}; whichever takes longer";

    protected override IReadOnlyDictionary<string, string[]> Kinds { get; } =
        s_functions.ToDictionary(function => function.Key, _ => (string[])["values"]);

    protected override IEnumerable<string> LoadPeers(int threads) =>
        [$"System.Numerics.Tensors {Versions.Of(typeof(TensorPrimitives))}, one thread", LibTorch.Load(threads)];

    protected override Case Create(ShapeCase asked)
    {
        Function function = s_functions[asked.Kind];
        int length = asked.Length;
        AlignedBuffer x = RandomData.Floats(length, seed: 1, low: -4, high: 4), ours = new(length), theirs = new(length);
        torch.Tensor tensor = Torch.Tensor(x, length), inPlace = Torch.Tensor(x, length);
        Contestant simdNet = new("SimdNet", () => function.Ours(x.Span, ours.Span));
        Contestant primitives = new("TensorPrimitives", () => function.TensorPrimitives(x.Span, theirs.Span));
        List<Contestant> peers = [primitives, Torch.Contestant(Torch.Name, () => function.Torch(tensor))];
        if (function.TorchInPlace is { } apply)
        {
            peers.Add(new(InPlace, () => apply(inPlace)));
        }

        double flops = 2.0 * function.Operations * length, bytes = 8.0 * length;
        return new(
            asked.Name, length, simdNet, peers, Check,
            () => Math.Max(Limits.Fma(flops, asked.Threads), Limits.Stream(bytes, bytes, asked.Threads)));

        void Check()
        {
            ours.Span.Fill(float.NaN); // what is not written is not right
            theirs.Span.Fill(float.NaN);
            simdNet.Run();
            primitives.Run();
            Compare(primitives.Name, theirs.Span, function.PrimitivesDiffer);
            Compare(Torch.Name, Torch.Answer(() => function.Torch(tensor)));
            function.TorchInPlace?.Invoke(inPlace);
            if (function.TorchInPlace is not null)
            {
                Compare(InPlace, Torch.Values(inPlace));
            }
        }

        // None of the libraries promises more than some ULP.
        void Compare(string peer, ReadOnlySpan<float> values, double more = 0) => Agreement.Check(
            asked.Kind, peer, ours.Span, values, i => (16 * Agreement.Unit * Math.Abs(function.Magnitude(x.Span[i]))) + more);
    }

    /// <summary><c>½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))</c>, by pieces that stay in the first-level cache.</summary>
    private static void GELUOfTanh(ReadOnlySpan<float> x, Span<float> y)
    {
        const int piece = 1 << 12;
        const float factor = 0.7978845608f;
        for (int start = 0; start < x.Length; start += piece)
        {
            int end = Math.Min(start + piece, x.Length);
            ReadOnlySpan<float> from = x[start..end];
            Span<float> to = y[start..end];
            TensorPrimitives.Multiply(from, from, to);
            TensorPrimitives.Multiply(to, 0.044715f * factor, to);
            TensorPrimitives.AddMultiply(to, factor, from, to);
            TensorPrimitives.Tanh(to, to);
            TensorPrimitives.AddMultiply(to, 1, from, to);
            TensorPrimitives.Multiply(to, 0.5f, to);
        }
    }

    private delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>A function, by everyone who has it.</summary>
    private sealed record Function
    {
        /// <summary>Multiplies, adds and multiply-adds in SimdNet's formula.</summary>
        public required int Operations { get; init; }

        public required Map Ours { get; init; }

        public required Map TensorPrimitives { get; init; }

        public required Func<torch.Tensor, torch.Tensor> Torch { get; init; }

        /// <summary>None if the values would end as infinities or denormals, which are slow.</summary>
        public Func<torch.Tensor, torch.Tensor>? TorchInPlace { get; init; }

        /// <summary>What roundings are relative to.</summary>
        public required Func<double, double> Magnitude { get; init; }

        /// <summary>How far the formula that TensorPrimitives can do is from the function.</summary>
        public double PrimitivesDiffer { get; init; }
    }
}

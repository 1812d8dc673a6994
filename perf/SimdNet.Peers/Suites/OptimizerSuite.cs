using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using TorchSharp;
using TorchSharp.Modules;

namespace SimdNet.Peers.Suites;

/// <summary>Optimizers over one flat parameter, beside libtorch. A case is named <c>adam 65536</c>.</summary>
internal sealed class OptimizerSuite : ShapeSuite
{
    private const float Rate = 1e-4f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f, WeightDecay = 0.01f;
    private const int CheckedSteps = 3;

    private static readonly Dictionary<string, Method> s_methods = new()
    {
        ["adam"] = new(
            4, 3,
            (p, g, m, v, step) => AdamStep.Update(p, g, m, v, Rate, Beta1, Beta2, Epsilon, step),
            parameter => torch.optim.Adam([parameter], Rate, Beta1, Beta2, Epsilon)),
        ["adamw"] = new(
            4, 3,
            (p, g, m, v, step) => AdamStep.Update(p, g, m, v, Rate, Beta1, Beta2, Epsilon, step, WeightDecay),
            parameter => torch.optim.AdamW([parameter], Rate, Beta1, Beta2, Epsilon, WeightDecay)),
        ["momentum"] = new( // averaged here, accumulated there: the same steps, at a rate in proportion
            3, 2,
            (p, g, m, _, _) => MomentumStep.Update(p, g, m, Rate, Beta1),
            parameter => torch.optim.SGD([parameter], Rate * (1.0 - Beta1), momentum: Beta1)),
    };

    public override string Name => "optimizer";

    public override string Unit => "GB/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
        [.. from method in s_methods.Keys from length in (int[])[1 << 12, 1 << 16, 1 << 20, 1 << 24] select $"{method} {length}"];

    protected override string Limit => Limits.InPlaceName;

    protected override IReadOnlyDictionary<string, string[]> Kinds { get; } =
        s_methods.ToDictionary(method => method.Key, _ => (string[])["parameters"]);

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    protected override Case Create(ShapeCase asked)
    {
        Method method = s_methods[asked.Kind];
        int length = asked.Length;
        AlignedBuffer p = RandomData.Floats(length, seed: 1), g = RandomData.Floats(length, seed: 2), m = new(length), v = new(length);
        long step = 0;
        Parameter parameter = new(Torch.Tensor(p, length)) { grad = Torch.Tensor(g, length) };
        torch.optim.Optimizer optimizer = method.Torch(parameter);
        Contestant simdNet = new("SimdNet", () => method.Ours(p.Span, g.Span, m.Span, v.Span, ++step));
        Contestant libTorch = new(Torch.Name, () => optimizer.step());
        double bytes = 4.0 * (method.Reads + method.Writes) * length, footprint = 4.0 * method.Reads * length;
        return new(
            asked.Name, bytes, simdNet, [libTorch], Check,
            () => Limits.InPlace(bytes, footprint, method.Reads, method.Writes, asked.Threads));

        // A step moves p by less than 2 · Rate, with some 16 roundings, and adds one to p.
        void Check()
        {
            for (int i = 0; i < CheckedSteps; i++)
            {
                simdNet.Run();
                libTorch.Run();
            }

            Agreement.Check("p", Torch.Name, p.Span, Torch.Values(parameter), i =>
                2 * CheckedSteps * ((Agreement.Gamma(32) * Rate) + (Agreement.Unit * Math.Abs(p.Span[i]))));
        }
    }

    private delegate void Step(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, long step);

    /// <summary>A method, by everyone who has it.</summary>
    /// <param name="Reads">Arrays read.</param>
    /// <param name="Writes">Arrays written: they are among those that are read.</param>
    /// <param name="Ours">SimdNet.</param>
    /// <param name="Torch">libtorch, by TorchSharp.</param>
    private sealed record Method(int Reads, int Writes, Step Ours, Func<Parameter, torch.optim.Optimizer> Torch);
}

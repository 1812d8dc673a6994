using SimdNet.Simd;
using static SimdNet.Benchmarks.Gate.GateCase;

namespace SimdNet.Benchmarks.Gate;

/// <summary>
/// What the gate watches: every kernel, small enough that all of it takes half a minute. Working sets lie well inside a cache, or well
/// outside of all: near its size, the pages that a run happens to get decide more than the kernel does.
/// </summary>
internal static class Cases
{
    private const int Exponential = 11, Logistic = 13, HyperbolicTangent = 15, ErrorFunction = 24; // multiplies and adds of a formula

    /// <summary>
    /// What no change of the library moves: streams through two caches, as shares of multiply-adds in registers. Where they fall, somebody else
    /// is in the caches: another virtual machine, perhaps, on the same core.
    /// </summary>
    public static IReadOnlyList<GateCase> Yardsticks { get; } =
    [
        .. from size in (int[])[24, 384]
           select new GateCase(
               $"machine stream {size} KiB", () => new(() => MachineLimit.StreamBytesPerSecond(size << 10, samples: 1), Fma(1e8))),
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<GateCase> All { get; } =
        [.. Products(), .. Convolutions(), .. Pooling(), .. Elementwise(), .. Losses(), .. Optimizers(), .. Normalization(), .. Networks()];

    private static IEnumerable<GateCase> Products() =>
    [
        .. from size in (int[])[64, 512]
           from operands in ((string Name, Func<GemmBenchmarks, Action> Product)[])
           [
               ("NN", b => b.Plain), ("NT", b => b.BTransposed), ("TN", b => b.ATransposed),
           ]
           select Of($"gemm {operands.Name} {size}", () => new GemmBenchmarks { Size = size }, operands.Product, b => Fma(b.Flops)),
        Of("gemm packed 64x512x784", () => new GemmShapeBenchmarks { Shape = "64x512x784" }, b => b.Packed, b => Fma(b.Flops)),
        Of("gemm vector 1x512x256", () => new GemmShapeBenchmarks { Shape = "1x512x256" }, b => b.Plain, b => OnceThroughB(b.BytesOfB)),
        Of("gemm packed vector 1x512x256", () => new GemmShapeBenchmarks { Shape = "1x512x256" }, b => b.Packed, b => OnceThroughB(b.BytesOfB)),
    ];

    private static Func<double> OnceThroughB(double bytes) => InPlace(bytes, bytes, read: 1, written: 0);

    private static IEnumerable<GateCase> Convolutions() =>
    [
        Convolution("3x3", "forward", b => b.Forward),
        Convolution("3x3", "input gradient", b => b.BackwardInput),
        Convolution("3x3", "weight gradient", b => b.BackwardWeight),
        Convolution("3x3 of small images", "forward", b => b.Forward),
        Convolution("first layer", "forward", b => b.Forward),
        Convolution("first layer", "weight gradient", b => b.BackwardWeight),
        Convolution("1x1", "forward", b => b.Forward),
        Convolution("7x7 stride 2", "forward", b => b.Forward),
        Convolution("depthwise", "forward", b => b.Forward),
        Convolution("depthwise", "input gradient", b => b.BackwardInput),
        Convolution("depthwise", "weight gradient", b => b.BackwardWeight),
    ];

    private static GateCase Convolution(string kind, string direction, Func<ConvolutionBenchmarks, Action> run) =>
        Of($"convolution {kind} {direction}", () => new ConvolutionBenchmarks { Kind = kind }, run, b => Fma(b.Flops));

    private static IEnumerable<GateCase> Pooling()
    {
        // A quarter of the second-level cache: near its size, what a process gets of it depends on where its pages lie. Four images: -26 % in one.
        Func<PoolingBenchmarks> create = () => new() { Batch = 1 };
        return
        [
            Of("pooling max forward", create, b => b.Max, b => Stream(b.Bytes)),
            Of("pooling max backward", create, b => b.MaxBackward, b => Stream(b.BytesOfMaxBackward)),
            Of("pooling average forward", create, b => b.Average, b => Stream(b.Bytes)),
        ];
    }

    private static IEnumerable<GateCase> Elementwise() =>
        from function in ((string Name, int Operations, Func<ElementwiseBenchmarks, Action> Run)[])
        [
            ("exp", Exponential, b => b.Exp), ("sigmoid", Logistic, b => b.Sigmoid), ("tanh", HyperbolicTangent, b => b.Tanh),
            ("gelu", ErrorFunction, b => b.GELU),
        ]
        select Of(
            $"elementwise {function.Name} 16384", () => new ElementwiseBenchmarks { Length = 1 << 14 }, function.Run,
            b => Fma(2.0 * function.Operations * b.Length));

    private static IEnumerable<GateCase> Losses() =>
    [
        Of("softmax 256x64", () => new LossBenchmarks { Classes = 64 }, b => b.Forward, b => Fma(b.Flops)),
        Of("softmax 16x1000", () => new LossBenchmarks { Classes = 1000 }, b => b.Forward, b => Fma(b.Flops)),
        Of("cross-entropy 256x64", () => new LossBenchmarks { Classes = 64 }, b => () => b.CrossEntropy(), b => Fma(b.Flops)),
    ];

    private static IEnumerable<GateCase> Optimizers() =>
    [
        .. from length in (int[])[1 << 14, 1 << 22]
           select Of(
               $"adam {length}", () => new AdamBenchmarks { Length = length }, b => b.Update,
               b => InPlace(b.SevenArrays, b.FourArrays, read: 4, written: 3)),
        Of(
            "momentum 16384", () => new MomentumBenchmarks { Length = 1 << 14 }, b => b.Update,
            b => InPlace(b.FiveArrays, b.ThreeArrays, read: 3, written: 2)),
    ];

    private static IEnumerable<GateCase> Normalization()
    {
        Func<NormalizationBenchmarks> create = () => new() { Batch = 4 };
        return
        [
            Of("batch norm forward", create, b => b.BatchNorm, b => Stream(b.TwoArrays)),
            Of("batch norm backward", create, b => b.BatchNormBackward, b => Stream(b.ThreeArrays)),
            Of("layer norm forward", create, b => b.LayerNorm, b => Stream(b.TwoArrays)),
            Of("layer norm backward", create, b => b.LayerNormBackward, b => Stream(b.ThreeArrays)),
            Of("dropout 16384", () => new DropoutBenchmarks { Length = 1 << 14 }, b => b.Apply, b => Stream(b.Bytes)),
        ];
    }

    private static IEnumerable<GateCase> Networks() =>
    [
        Of("train mlp batch 64", () => new TrainStepBenchmarks { Batch = 64 }, b => () => b.Step(), b => Fma(b.StepFlops)),
        Of("train cnn batch 8", () => new ConvolutionalStepBenchmarks { Batch = 8 }, b => () => b.Step(), b => Fma(b.StepFlops)),
        Of("predict mlp batch 1", () => new TrainStepBenchmarks { Batch = 1 }, b => () => b.Predict(), b => Fma(b.ForwardFlops)),
        Of("predict mlp batch 64", () => new TrainStepBenchmarks { Batch = 64 }, b => () => b.Predict(), b => Fma(b.ForwardFlops)),
        Of("predict cnn batch 1", () => new ConvolutionalStepBenchmarks { Batch = 1 }, b => () => b.Predict(), b => Fma(b.ForwardFlops)),
    ];
}

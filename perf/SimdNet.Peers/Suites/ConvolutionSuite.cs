using System.Text.RegularExpressions;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;

namespace SimdNet.Peers.Suites;

/// <summary>
/// Convolutions: <c>forward</c> beside libtorch and ONNX Runtime, and <c>training</c>, which is forward and the gradients of the images and
/// of the weights, beside libtorch. A case is named <c>forward 8x128x28x28 to 256 3x3 stride 2 pad 1 dilation 1 groups 1</c>.
/// </summary>
internal sealed partial class ConvolutionSuite : Suite
{
    private const long MaxValues = 1 << 27;

    private static readonly string[] s_shapes =
    [
        "64x1x28x28 to 32 3x3", "64x32x26x26 to 64 3x3", "8x64x56x56 to 64 3x3 pad 1", "8x64x56x56 to 256 1x1",
        "8x128x28x28 to 256 3x3 stride 2 pad 1", "8x3x224x224 to 64 7x7 stride 2 pad 3", "8x128x28x28 to 128 3x3 pad 1 groups 128",
        "1x64x56x56 to 64 3x3", "8x256x14x14 to 256 3x3 pad 1", "8x512x7x7 to 512 3x3 pad 1", "8x512x7x7 to 2048 1x1",
        "1x3x224x224 to 32 3x3 stride 2",
    ];

    public override string Name => "convolution";

    public override string Unit => "GFLOP/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
        [.. from direction in (string[])["forward", "training"] from shape in s_shapes select $"{direction} {shape}"];

    protected override string Limit =>
        $"{Limits.FmaName}; or {Limits.StreamName}, once for each operand and result; whichever takes longer";

    public override string? Refuse(string caseName)
    {
        Match match = CaseName().Match(caseName);
        if (!match.Success)
        {
            return $"'{caseName}' is no case of {Name}: expected forward or training, batch, channels, height, width, and so on, as in "
                + "\"forward 8x128x28x28 to 256 3x3 stride 2 pad 1 dilation 1 groups 1\".";
        }

        try
        {
            ConvolutionShape shape = ShapeOf(match);
            long values = Math.Max(Math.Max(shape.InputLength, shape.OutputLength), shape.Weight.Length);
            return values is 0 or > MaxValues ? $"'{caseName}' has {values} values: expected 1 to {MaxValues}." : null;
        }
        catch (ArgumentException exception)
        {
            return $"'{caseName}' is no convolution: {exception.Message}";
        }
    }

    public override Case Create(string caseName, int threads)
    {
        Match match = CaseName().Match(caseName);
        ConvolutionWork work = new(ShapeOf(match), threads);
        bool training = match.Groups["direction"].Value == "training";
        double passes = training ? 3 : 1, flops = passes * work.Shape.Flops * work.Shape.Batch, bytes = passes * work.Bytes;
        return new(
            caseName, flops, new("SimdNet", training ? work.Train : work.Forward),
            training
                ? [Torch.Contestant(Torch.Name, work.TorchTraining)]
                : [Torch.Contestant(Torch.Name, work.TorchForward), new(OnnxRuntime.Name, work.OnnxForward)],
            training ? work.CheckTraining : work.CheckForward,
            () => Math.Max(Limits.Fma(flops, threads), Limits.Stream(bytes, work.Bytes, threads)));
    }

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads), OnnxRuntime.Version];

    private static ConvolutionShape ShapeOf(Match match)
    {
        int stride = Number("stride", 1), padding = Number("pad", 0), dilation = Number("dilation", 1);
        Shape image = new(Number("c", 0), Number("h", 0), Number("w", 0));
        return new(Number("n", 0), image, Number("out", 0), Axis("kh"), Axis("kw"), Number("groups", 1));

        WindowAxis Axis(string kernel) => new(Number(kernel, 0), stride, padding, padding, dilation);

        int Number(string name, int missing) =>
            !match.Groups[name].Success ? missing : int.TryParse(match.Groups[name].Value, out int number) ? number : int.MaxValue;
    }

    [GeneratedRegex(
        @"^(?<direction>forward|training) (?<n>\d+)x(?<c>\d+)x(?<h>\d+)x(?<w>\d+) to (?<out>\d+) (?<kh>\d+)x(?<kw>\d+)"
        + @"( stride (?<stride>\d+))?( pad (?<pad>\d+))?( dilation (?<dilation>\d+))?( groups (?<groups>\d+))?$",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();
}

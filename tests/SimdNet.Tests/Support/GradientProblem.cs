using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Tests.Support;

/// <summary>
/// A small network, its inputs and its targets, drawn so that no kink is near. Inputs are odd multiples of 1/64, all different; weights are
/// multiples of 1/8, so that products are multiples of 1/512; and biases are odd multiples of 1/1024. What goes into the first activation,
/// be it inputs or sums of a product, then lies 1/1024 or more from every multiple of 1/512, where kinks are, and the values of a window lie
/// 1/32 or more apart. Differences move them by no more than 2⁻¹⁴.
/// </summary>
internal sealed class GradientProblem
{
    private readonly Random _random;

    public GradientProblem(GradientSize size, IEnumerable<Layer> layers, bool ofImages)
    {
        _random = new(size.Seed);
        Size = size;
        Shape input = ofImages ? Shape.Image(size.Channels, size.Height, size.Width) : Shape.Vector(size.Width);
        Network = new(input, [.. layers]);
        foreach (Window window in Network.Parameters)
        {
            Network.SetParameter(window.Name, Values(window.Length, () => window.Role switch
            {
                ParameterRole.Weight => _random.Next(-8, 9) / 8f,
                ParameterRole.Bias => ((2 * _random.Next(-128, 128)) + 1) / 1024f,
                _ => _random.Next(4, 13) / 8f,
            }));
        }

        float[] grid = [.. Enumerable.Range(-128, 256).Select(i => ((2 * i) + 1) / 64f)];
        _random.Shuffle(grid);
        Inputs = grid[..(size.Samples * input.Length)];
    }

    public Network Network { get; }

    private GradientSize Size { get; }

    private float[] Inputs { get; }

    /// <summary>The roundings that a derivative may have gone through: no sum has more terms than the network has numbers.</summary>
    public int Roundings => (int)Network.ParameterCount + Inputs.Length + (Size.Samples * Network.Output.Length);

    /// <summary>With labels of so many classes.</summary>
    public GradientCheckResult Run(Loss loss, int classes) =>
        GradientCheck.Run(Network, loss, Inputs, [.. Enumerable.Range(0, Size.Samples).Select(_ => _random.Next(classes))], Size.Seed);

    /// <summary>With targets drawn from these.</summary>
    public GradientCheckResult Run(Loss loss, float[] targets) => GradientCheck.Run(
        Network, loss, Inputs, Values(Size.Samples * Network.Output.Length, () => targets[_random.Next(targets.Length)]), Size.Seed);

    private static float[] Values(int count, Func<float> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
}

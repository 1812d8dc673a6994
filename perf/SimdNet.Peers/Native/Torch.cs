using SimdNet.Memory;
using TorchSharp;

namespace SimdNet.Peers.Native;

/// <summary>What the suites do with tensors. Whoever makes a tensor inside a contestant's work disposes of it there.</summary>
internal static class Torch
{
    /// <summary>As it stands in the results.</summary>
    public const string Name = "libtorch";

    [ThreadStatic]
    private static IDisposable? t_inference;

    /// <summary>This thread will ask for no gradients. It is never left: to enter it for each prediction takes 2 µs.</summary>
    public static void EnterInference() => t_inference ??= torch.inference_mode();

    /// <summary>A copy of a buffer.</summary>
    public static torch.Tensor Tensor(AlignedBuffer values, params ReadOnlySpan<long> shape) => Tensor(values.Span, shape);

    /// <inheritdoc cref="Tensor(AlignedBuffer, ReadOnlySpan{long})"/>
    public static torch.Tensor Tensor(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => torch.tensor(values.ToArray(), shape);

    /// <summary>A copy of a buffer whose gradient will be asked for.</summary>
    public static torch.Tensor Variable(AlignedBuffer values, params ReadOnlySpan<long> shape) => Tensor(values, shape).requires_grad_();

    /// <summary>Labels, as libtorch has them.</summary>
    public static torch.Tensor Labels(int[] labels) => torch.tensor(Array.ConvertAll(labels, label => (long)label));

    /// <summary>The values of a tensor, row-major.</summary>
    public static float[] Values(torch.Tensor tensor)
    {
        using torch.Tensor contiguous = tensor.detach().contiguous();
        return contiguous.data<float>().ToArray();
    }

    /// <summary>Work that makes one new tensor; for a check it is asked for again.</summary>
    public static Contestant Contestant(string name, Func<torch.Tensor> work) => new(name, () => work().Dispose());

    /// <summary>Work that makes new tensors.</summary>
    public static Contestant Contestant(string name, Func<IEnumerable<torch.Tensor>> work) => new(name, () =>
    {
        foreach (torch.Tensor tensor in work())
        {
            tensor.Dispose();
        }
    });

    /// <summary>What a piece of work makes, for a check.</summary>
    public static float[] Answer(Func<torch.Tensor> work)
    {
        using torch.Tensor answer = work();
        return Values(answer);
    }
}

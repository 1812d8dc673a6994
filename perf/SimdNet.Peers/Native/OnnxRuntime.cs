using Microsoft.ML.OnnxRuntime;
using SimdNet.Memory;

namespace SimdNet.Peers.Native;

/// <summary>A model in ONNX Runtime, over memory that is there before: a run allocates nothing.</summary>
internal sealed class OnnxRuntime
{
    /// <summary>As it stands in the results.</summary>
    public const string Name = "ONNX Runtime";

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;

    /// <summary>Loads a model with every optimization.</summary>
    /// <param name="model">The model, as <see cref="Onnx.OnnxModel"/> writes it.</param>
    /// <param name="input">Its input.</param>
    /// <param name="inputShape">The shape of that, the batch included.</param>
    /// <param name="output">Its output.</param>
    /// <param name="outputShape">The shape of that.</param>
    /// <param name="threads">Threads of a run, the caller included.</param>
    public OnnxRuntime(byte[] model, AlignedBuffer input, long[] inputShape, AlignedBuffer output, long[] outputShape, int threads)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new(model, options);
        _binding = _session.CreateIoBinding();
        _binding.BindInput(Onnx.OnnxModel.Input, Value(input, inputShape));
        _binding.BindOutput(Onnx.OnnxModel.Output, Value(output, outputShape));
    }

    /// <summary>The version, for the reader of the table.</summary>
    public static string Version => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    /// <summary>Computes the output from the input.</summary>
    public void Run() => _session.RunWithBinding(_options, _binding);

    private static OrtValue Value(AlignedBuffer buffer, long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.Memory, shape);
}

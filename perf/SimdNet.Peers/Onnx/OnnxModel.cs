using System.Globalization;
using System.Runtime.InteropServices;

namespace SimdNet.Peers.Onnx;

/// <summary>An ONNX model that is being written: one input, one output, floats only.</summary>
/// <remarks>onnx.proto; the numbers are those of its fields.</remarks>
internal sealed class OnnxModel
{
    /// <summary>The names of the model's own input and output.</summary>
    public const string Input = "input", Output = "output";

    private const long IrVersion = 8, Opset = 17;
    private const long FloatType = 1; // TensorProto.DataType
    private const long FloatAttribute = 1, IntegerAttribute = 2, IntegersAttribute = 7; // AttributeProto.AttributeType

    private readonly ProtocolBuffer _graph = new ProtocolBuffer().Add(2, "graph");
    private int _names;

    /// <summary>Begins a model.</summary>
    /// <param name="inputShape">The shape of the input, the batch included.</param>
    public OnnxModel(params ReadOnlySpan<long> inputShape)
    {
        ProtocolBuffer dimensions = new();
        foreach (long size in inputShape)
        {
            dimensions.Add(1, new ProtocolBuffer().Add(1, size));
        }

        _graph.Add(11, Value(Input, new ProtocolBuffer().Add(1, FloatType).Add(2, dimensions)));
    }

    /// <summary>Adds a tensor of constants.</summary>
    /// <returns>Its name.</returns>
    public string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        ProtocolBuffer tensor = new();
        foreach (long size in shape)
        {
            tensor.Add(1, size);
        }

        string name = NewName();
        _graph.Add(5, tensor.Add(2, FloatType).Add(8, name).Add(9, MemoryMarshal.AsBytes(values)));
        return name;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="operation">The operator, such as <c>Relu</c>.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="attributes">Its attributes: a long, a float, or longs.</param>
    /// <returns>The name of its output.</returns>
    public string Node(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string name = NewName();
        ProtocolBuffer node = new ProtocolBuffer().Add(2, name).Add(4, operation);
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }

        foreach ((string attribute, object value) in attributes)
        {
            node.Add(5, Attribute(attribute, value));
        }

        _graph.Add(1, node);
        return name;
    }

    /// <summary>Ends the model.</summary>
    /// <param name="result">The name of what it puts out.</param>
    public byte[] ToBytes(string result)
    {
        _graph.Add(1, new ProtocolBuffer().Add(1, result).Add(2, Output).Add(4, "Identity")); // which no runtime keeps
        _graph.Add(12, Value(Output, new ProtocolBuffer().Add(1, FloatType)));
        return new ProtocolBuffer().Add(1, IrVersion).Add(8, new ProtocolBuffer().Add(2, Opset)).Add(7, _graph).ToArray();
    }

    private static ProtocolBuffer Value(string name, ProtocolBuffer tensorType) =>
        new ProtocolBuffer().Add(1, name).Add(2, new ProtocolBuffer().Add(1, tensorType));

    private static ProtocolBuffer Attribute(string name, object value)
    {
        ProtocolBuffer attribute = new ProtocolBuffer().Add(1, name);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, FloatAttribute);
            case long number:
                return attribute.Add(3, number).Add(20, IntegerAttribute);
            default:
                foreach (long number in (long[])value)
                {
                    attribute.Add(8, number);
                }

                return attribute.Add(20, IntegersAttribute);
        }
    }

    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"v{_names++}");
}

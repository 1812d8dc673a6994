using System.Text.Json;
using SimdNet.Kernels;

namespace SimdNet.Layers;

/// <summary>The two axes of a window, in files and in messages.</summary>
internal static class WindowOptions
{
    /// <summary>As PyTorch and ONNX have them: <c>[height, width]</c> each, and the padding <c>[top, left, bottom, right]</c>.</summary>
    public static void Write(Utf8JsonWriter writer, WindowAxis vertical, WindowAxis horizontal)
    {
        Write(writer, "kernel", vertical.Kernel, horizontal.Kernel);
        Write(writer, "stride", vertical.Stride, horizontal.Stride);
        Write(writer, "padding", vertical.PadBefore, horizontal.PadBefore, vertical.PadAfter, horizontal.PadAfter);
        Write(writer, "dilation", vertical.Dilation, horizontal.Dilation);
    }

    public static (WindowAxis Vertical, WindowAxis Horizontal) Read(JsonElement options)
    {
        WindowAxis Axis(int axis) => new(
            Number("kernel", axis), Number("stride", axis), Number("padding", axis), Number("padding", axis + 2), Number("dilation", axis));
        int Number(string name, int index) => options.GetProperty(name)[index].GetInt32();
        return (Axis(0), Axis(1));
    }

    /// <summary>Written only where it is not left to the library.</summary>
    public static ConvolutionAlgorithm ReadAlgorithm(JsonElement options) =>
        options.TryGetProperty("algorithm", out JsonElement name) ? Enum.Parse<ConvolutionAlgorithm>(name.GetString()!) : ConvolutionAlgorithm.Auto;

    public static void Write(Utf8JsonWriter writer, string name, params ReadOnlySpan<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>Such as <c>kernel 3, stride 2</c>, or <c>kernel (3, stride 2) × (5)</c>.</summary>
    public static string Describe(WindowAxis vertical, WindowAxis horizontal) =>
        vertical == horizontal ? $"kernel {vertical}" : $"kernel ({vertical}) × ({horizontal})";
}

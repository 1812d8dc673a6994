using SimdNet.Memory;

namespace SimdNet.Kernels;

/// <summary>The sizes of a pooling: each output is made of one window of its own channel.</summary>
/// <remarks><code>x [batch, channels, height, width]   y [batch, channels, outHeight, outWidth]</code></remarks>
public readonly record struct PoolingShape
{
    /// <summary>Puts the sizes together.</summary>
    /// <param name="batch">The number of images, 0 or more.</param>
    /// <param name="image">[channels, height, width].</param>
    /// <param name="vertical">The window along the height, not dilated, its padding at most half of its kernel: so it always holds a pixel.</param>
    /// <param name="horizontal">The window along the width, likewise.</param>
    /// <exception cref="ArgumentException">
    /// A number is out of its range, the window is larger than the padded image, or there would be more values than an array can hold.
    /// </exception>
    public PoolingShape(int batch, Shape image, WindowAxis vertical, WindowAxis horizontal)
    {
        Guard.NotNegative(batch, nameof(batch));
        image.RequireImage(nameof(image));
        (Batch, Image, Vertical, Horizontal) = (batch, image, vertical, horizontal);
        Output = new Shape(image[0], OutputSize(vertical, image[1]), OutputSize(horizontal, image[2]));
        Guard.AtMost((long)batch * image.Length, int.MaxValue, "batch × image");
        Guard.AtMost((long)batch * Output.Length, int.MaxValue, "batch × output");
    }

    /// <summary>The number of images.</summary>
    public int Batch { get; }

    /// <summary>[channels, height, width].</summary>
    public Shape Image { get; }

    /// <summary>[channels, outHeight, outWidth].</summary>
    public Shape Output { get; }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>The values of x.</summary>
    public int InputLength => Batch * Image.Length;

    /// <summary>The values of y.</summary>
    public int OutputLength => Batch * Output.Length;

    /// <summary>Images times channels.</summary>
    internal int Planes => Batch * Image[0];

    internal int Taps => Vertical.Kernel * Horizontal.Kernel;

    private static int OutputSize(WindowAxis window, int size)
    {
        int outputs = window.OutputSize(size);
        Guard.AtMost(window.Dilation, 1, "dilation");
        Guard.AtMost(window.Kernel, Pooling.Room, "kernel");
        Guard.AtMost(Math.Max(window.PadBefore, window.PadAfter), window.Kernel / 2, "padding");
        return outputs;
    }
}

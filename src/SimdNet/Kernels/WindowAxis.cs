namespace SimdNet.Kernels;

/// <summary>
/// A window that slides along one axis of an image: output q takes in positions <c>q·stride - padBefore + t·dilation</c>, t &lt; kernel.
/// </summary>
/// <param name="Kernel">The number of taps t, 1 or more.</param>
/// <param name="Stride">Positions from an output to the next, 1 or more.</param>
/// <param name="PadBefore">Positions before the first that count as padding, 0 or more.</param>
/// <param name="PadAfter">Positions after the last that count as padding, 0 or more.</param>
/// <param name="Dilation">Positions from a tap to the next, 1 or more.</param>
public readonly record struct WindowAxis(int Kernel, int Stride = 1, int PadBefore = 0, int PadAfter = 0, int Dilation = 1)
{
    /// <summary>The same padding on both sides.</summary>
    internal static WindowAxis Of(int kernel, int stride, int padding, int dilation = 1) => new(kernel, stride, padding, padding, dilation);

    /// <summary>Positions from the first tap to just after the last.</summary>
    internal long Extent => ((Kernel - 1L) * Dilation) + 1;

    /// <summary>The number of outputs along an axis: <c>⌊(size + padding - extent)/stride⌋ + 1</c>.</summary>
    /// <param name="size">The positions of the image, 1 or more.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or the window is larger than the padded image.</exception>
    public int OutputSize(int size)
    {
        Check();
        Guard.Positive(size, nameof(size));
        long padded = (long)size + PadBefore + PadAfter;
        Guard.AtMost(padded, int.MaxValue, "padded size");
        if (Extent > padded)
        {
            Throw.Window(Kernel, Dilation, Extent, size, PadBefore, PadAfter);
        }

        return (int)((padded - Extent) / Stride) + 1;
    }

    /// <summary>The size of the image of which <paramref name="outputs"/> are made when the window's last step leaves nothing over.</summary>
    /// <param name="outputs">The outputs, 1 or more.</param>
    /// <param name="leftOver">What the last step leaves over, 0 or more, less than a stride.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or there is no such image.</exception>
    public int InputSize(int outputs, int leftOver = 0)
    {
        Check();
        Guard.Positive(outputs, nameof(outputs));
        Guard.InRange(leftOver, 0, Stride - 1, nameof(leftOver));
        long size = ((outputs - 1L) * Stride) + Extent + leftOver - PadBefore - PadAfter;
        Guard.Positive(size, "size");
        Guard.AtMost(size + PadBefore + PadAfter, int.MaxValue, "padded size");
        return (int)size;
    }

    /// <summary>Such as <c>3</c>, or <c>3, stride 2, padding 1 and 0, dilation 2</c>.</summary>
    public override string ToString() =>
        $"{Kernel}" + (Stride == 1 ? "" : $", stride {Stride}")
        + (PadBefore == 0 && PadAfter == 0 ? "" : PadBefore == PadAfter ? $", padding {PadBefore}" : $", padding {PadBefore} and {PadAfter}")
        + (Dilation == 1 ? "" : $", dilation {Dilation}");

    /// <summary>The numbers that need no image to be wrong.</summary>
    internal void Check()
    {
        Guard.Positive(Kernel, "kernel");
        Guard.Positive(Stride, "stride");
        Guard.NotNegative(PadBefore, "padding");
        Guard.NotNegative(PadAfter, "padding");
        Guard.Positive(Dilation, "dilation");
    }
}

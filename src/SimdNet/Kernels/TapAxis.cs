namespace SimdNet.Kernels;

/// <summary>
/// Where along one axis a tap of a window reads: for output q and tap t at position <c>q·Stride + Origin + t·Step</c>, if that lies in
/// 0 … Size - 1, and else a zero.
/// </summary>
internal readonly record struct TapAxis(int Size, int Outputs, int Taps, int Origin, int Step, int Stride)
{
    /// <summary>Whether every output reads the position of its own.</summary>
    public bool IsIdentity => Taps == 1 && Origin == 0 && Stride == 1 && Size == Outputs;

    /// <summary>The window of a convolution: outputs read the image.</summary>
    public static TapAxis Forward(WindowAxis window, int size, int outputs) =>
        new(size, outputs, window.Kernel, -window.PadBefore, window.Dilation, window.Stride);

    /// <summary>
    /// The way back: the positions <c>i = q·stride + phase</c> of the image read the outputs that took them in. Tap t of the window has taken i in
    /// for output <c>(i + padding - t·dilation)/stride</c> where that divides: every (stride/g)th tap does, g = gcd(stride, dilation), from the
    /// first that does (<paramref name="firstTap"/>), and each reads dilation/g outputs before the last one.
    /// </summary>
    public static TapAxis Backward(WindowAxis window, int size, int outputs, int phase, out int firstTap, out int tapStep)
    {
        int divisor = GreatestCommonDivisor(window.Stride, window.Dilation), offset = phase + window.PadBefore;
        tapStep = window.Stride / divisor;
        firstTap = 0;
        while (firstTap < tapStep && (offset - ((long)firstTap * window.Dilation)) % window.Stride != 0)
        {
            firstTap++;
        }

        int positions = size > phase ? ((size - 1 - phase) / window.Stride) + 1 : 0;
        bool none = firstTap == tapStep || firstTap >= window.Kernel;
        return none
            ? new(outputs, positions, 0, 0, 0, 1)
            : new(
                outputs,
                positions,
                ((window.Kernel - 1 - firstTap) / tapStep) + 1,
                (int)((offset - ((long)firstTap * window.Dilation)) / window.Stride),
                -window.Dilation / divisor,
                1);
    }

    /// <summary>The way back from outputs that are spread a stride apart, zeros between them: every position reads all taps.</summary>
    public static TapAxis Spread(WindowAxis window, int size, int outputs) =>
        new(((outputs - 1) * window.Stride) + 1, size, window.Kernel, window.PadBefore, -window.Dilation, 1);

    /// <summary>The lowest position that is read for output 0.</summary>
    public int Lowest => Step >= 0 || Taps == 0 ? Origin : Origin + ((Taps - 1) * Step);

    /// <summary>Positions from the lowest to just after the highest that are read for one output.</summary>
    public int Extent => Taps == 0 ? 1 : ((Taps - 1) * Math.Abs(Step)) + 1;

    /// <summary>The first output for which the tap reads a value.</summary>
    public int First(int tap)
    {
        long before = -Start(tap);
        return (int)Math.Clamp((before + Stride - 1) / Stride, 0, Outputs);
    }

    /// <summary>Just after the last output for which the tap reads a value; not before <see cref="First"/>.</summary>
    public int End(int tap)
    {
        long left = Size - Start(tap);
        return (int)Math.Clamp(left <= 0 ? 0 : ((left - 1) / Stride) + 1, First(tap), Outputs);
    }

    /// <summary>Where the tap reads for output 0.</summary>
    public long Start(int tap) => Origin + ((long)tap * Step);

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}

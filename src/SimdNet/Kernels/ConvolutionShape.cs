using SimdNet.Memory;

namespace SimdNet.Kernels;

/// <summary>The sizes of a convolution, all that its kernels need to know beside the values.</summary>
/// <remarks>
/// <code>
/// x [batch, channels, height, width]   w [outChannels, channels/groups, kernelHeight, kernelWidth]   bias [outChannels]
/// y [batch, outChannels, outHeight, outWidth]
/// </code>
/// Output channels of group g see the input channels of group g.
/// </remarks>
public readonly record struct ConvolutionShape
{
    /// <summary>Puts the sizes together.</summary>
    /// <param name="batch">The number of images, 0 or more.</param>
    /// <param name="image">[channels, height, width].</param>
    /// <param name="outChannels">The channels of an output, 1 or more.</param>
    /// <param name="vertical">The window along the height.</param>
    /// <param name="horizontal">The window along the width.</param>
    /// <param name="groups">1 or more; divides both numbers of channels.</param>
    /// <exception cref="ArgumentException">
    /// A number is out of its range, the window is larger than the padded image, the groups do not divide the channels, or there would be more
    /// values than an array can hold.
    /// </exception>
    public ConvolutionShape(int batch, Shape image, int outChannels, WindowAxis vertical, WindowAxis horizontal, int groups = 1)
    {
        Guard.NotNegative(batch, nameof(batch));
        image.RequireImage(nameof(image));
        Guard.Positive(outChannels, nameof(outChannels));
        Guard.Positive(groups, nameof(groups));
        Guard.Divides(groups, image[0], "channels");
        Guard.Divides(groups, outChannels, nameof(outChannels));
        (Batch, Image, OutChannels, Vertical, Horizontal, Groups) = (batch, image, outChannels, vertical, horizontal, groups);
        Output = new Shape(outChannels, vertical.OutputSize(image[1]), horizontal.OutputSize(image[2]));
        Weight = new Shape(outChannels, image[0] / groups, vertical.Kernel, horizontal.Kernel);
        Guard.AtMost((long)batch * image.Length, int.MaxValue, "batch × image");
        Guard.AtMost((long)batch * Output.Length, int.MaxValue, "batch × output");
    }

    /// <summary>The number of images.</summary>
    public int Batch { get; }

    /// <summary>[channels, height, width].</summary>
    public Shape Image { get; }

    /// <summary>[outChannels, outHeight, outWidth].</summary>
    public Shape Output { get; }

    /// <summary>[outChannels, channels/groups, kernelHeight, kernelWidth].</summary>
    public Shape Weight { get; }

    /// <summary>The channels of an output.</summary>
    public int OutChannels { get; }

    /// <summary>The window along the height.</summary>
    public WindowAxis Vertical { get; }

    /// <summary>The window along the width.</summary>
    public WindowAxis Horizontal { get; }

    /// <summary>The number of groups.</summary>
    public int Groups { get; }

    /// <summary>How it is computed.</summary>
    /// <exception cref="ArgumentException">The window, or the number of channels of a group, is not one for it.</exception>
    public ConvolutionAlgorithm Algorithm
    {
        get;
        init
        {
            Guard.InRange((int)value, 0, (int)ConvolutionAlgorithm.Winograd, nameof(Algorithm));
            if (value == ConvolutionAlgorithm.Winograd)
            {
                Winograd.Check(in this);
            }

            field = value;
        }
    }

    /// <summary>The values of x.</summary>
    public int InputLength => Batch * Image.Length;

    /// <summary>The values of y.</summary>
    public int OutputLength => Batch * Output.Length;

    /// <summary>Floating-point operations of one image: a multiply and an add for each weight and output pixel.</summary>
    public long Flops => 2L * Weight.Length * OutArea;

    /// <summary>The values of y of which only the largest of each 2 × 2 are left.</summary>
    internal int PooledLength => Batch * OutChannels * (Output[1] / 2) * (Output[2] / 2);

    internal TapAxis AxisY => TapAxis.Forward(Vertical, Image[1], Output[1]);

    internal TapAxis AxisX => TapAxis.Forward(Horizontal, Image[2], Output[2]);

    internal int Channels => Image[0];

    internal int Area => Image[1] * Image[2];

    internal int OutArea => Output[1] * Output[2];

    internal int Taps => Vertical.Kernel * Horizontal.Kernel;

    /// <summary>Input channels of a group.</summary>
    internal int GroupChannels => Weight[1];

    /// <summary>Output channels of a group.</summary>
    internal int GroupOutChannels => OutChannels / Groups;

    /// <summary>Whether each output channel sees one input channel: then there is no product to speak of.</summary>
    internal bool IsDepthwise => Groups > 1 && GroupChannels == 1;
}

using System;
using System.Runtime.InteropServices;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    public enum Codec
    {
        /// <summary>That of arrays of several datasets.</summary>
        Unknown = -1,
        Default, None, Lz4, Zstd
    }

    public enum Durability
    {
        /// <summary>What a successful call wrote survives a crash and a loss of power.</summary>
        Full,
        /// <summary>Scratch data: nothing waits for the disk.</summary>
        None
    }

    /// <summary>What files and atlases have in common. Zeros are the defaults.</summary>
    public abstract class Tuning
    {
        public bool Writable { get; set; }
        public Codec Codec { get; set; }
        /// <summary>Used when Codec is Zstd.</summary>
        public int CodecLevel { get; set; }
        public Durability Durability { get; set; }
        /// <summary>For long calls: 0 = one for each core.</summary>
        public int Threads { get; set; }
        public long BlockSize { get; set; }
        public long WriteBufferSize { get; set; }
        public long CacheSize { get; set; }
        /// <summary>Ceilings for files that are not trusted.</summary>
        public long MaxLayers { get; set; }
        public long MaxArrays { get; set; }
        public long MaxAllocation { get; set; }
    }

    /// <summary>Options of opening, creating and copying a file. Null stands for the defaults.</summary>
    public sealed class ArrayFileOptions : Tuning
    {
        /// <summary>Creating: an existing stack of this name is replaced whole.</summary>
        public bool Replace { get; set; }
        /// <summary>Creating: 4 or 5; copying: 6 too.</summary>
        public int FooterVersion { get; set; }
        /// <summary>Opening: the stack as it was when it had so many.</summary>
        public int Layers { get; set; }
        /// <summary>Compacts after a flush that leaves so many layers or more; 0: never.</summary>
        public long CompactAt { get; set; }

        [StructLayout(LayoutKind.Sequential)]
        internal struct Native
        {
            internal uint StructSize;
            internal byte Writable, Replace, Reserved0, Reserved1;
            internal int FooterVersion, Codec, CodecLevel, Durability, Threads, Layers;
            internal long BlockSize, WriteBufferSize, CacheSize, MaxLayers, MaxArrays, MaxAllocation, CompactAt;
        }

        internal static unsafe Native Make(ArrayFileOptions given)
        {
            var made = new Native();
            ArrayFormat.Native.Check(Raw.af_file_options_init((IntPtr)(&made), sizeof(Native), IntPtr.Zero));
            if (given == null) return made;
            made.Writable = (byte)(given.Writable ? 1 : 0);
            made.Replace = (byte)(given.Replace ? 1 : 0);
            made.FooterVersion = given.FooterVersion;
            made.Layers = given.Layers;
            made.CompactAt = given.CompactAt;
            made.Codec = (int)given.Codec;
            made.CodecLevel = given.CodecLevel;
            made.Durability = (int)given.Durability;
            made.Threads = given.Threads;
            made.BlockSize = given.BlockSize;
            made.WriteBufferSize = given.WriteBufferSize;
            made.CacheSize = given.CacheSize;
            made.MaxLayers = given.MaxLayers;
            made.MaxArrays = given.MaxArrays;
            made.MaxAllocation = given.MaxAllocation;
            return made;
        }
    }

    public enum Generation
    {
        /// <summary>Read by atlas 0.9 and 0.10.</summary>
        Schema1 = 1,
        /// <summary>Atlas 0.12; copied to, never created.</summary>
        Schema2 = 2,
        /// <summary>Atlas 0.13 and 0.14.</summary>
        Schema3 = 3,
        /// <summary>data.atlas of atlas 0.16; never created.</summary>
        Container1 = 101,
        /// <summary>data.atlas of atlas 0.17; copied to, never created.</summary>
        Container8 = 108
    }

    public enum MetadataFormat { Json = 1, Msgpack = 2 }

    /// <summary>Options of opening and creating an atlas. Null stands for the defaults.</summary>
    public sealed class AtlasOptions : Tuning
    {
        public Generation Generation { get; set; }
        public MetadataFormat MetadataFormat { get; set; }
        public Codec MetadataCodec { get; set; }
        /// <summary>No dataset may give a variable or attribute a type that does not widen to the others'.</summary>
        public bool TypeMismatchIsError { get; set; }
        public long MaxDatasets { get; set; }
        /// <summary>How many commits of this handle stay open to AtCommit.</summary>
        public long KeepCommits { get; set; }
        /// <summary>Opening to read: what was committed then, a number of Atlas.GetCommits.</summary>
        public long AtCommit { get; set; }

        [StructLayout(LayoutKind.Sequential)]
        internal struct Native
        {
            internal uint StructSize;
            internal byte Writable, Reserved0, Reserved1, Reserved2;
            internal int Generation, MetadataFormat, MetadataCodec, Codec, CodecLevel, TypeMismatch, Durability, Threads;
            internal long BlockSize, WriteBufferSize, CacheSize, MaxLayers, MaxArrays, MaxAllocation, MaxDatasets, KeepCommits, AtCommit;
        }

        internal static unsafe Native Make(AtlasOptions given)
        {
            var made = new Native();
            ArrayFormat.Native.Check(Raw.af_atlas_options_init((IntPtr)(&made), sizeof(Native), IntPtr.Zero));
            if (given == null) return made;
            made.Writable = (byte)(given.Writable ? 1 : 0);
            made.Generation = (int)given.Generation;
            made.MetadataFormat = (int)given.MetadataFormat;
            made.MetadataCodec = (int)given.MetadataCodec;
            made.TypeMismatch = given.TypeMismatchIsError ? 1 : 0;
            made.MaxDatasets = given.MaxDatasets;
            made.KeepCommits = given.KeepCommits;
            made.AtCommit = given.AtCommit;
            made.Codec = (int)given.Codec;
            made.CodecLevel = given.CodecLevel;
            made.Durability = (int)given.Durability;
            made.Threads = given.Threads;
            made.BlockSize = given.BlockSize;
            made.WriteBufferSize = given.WriteBufferSize;
            made.CacheSize = given.CacheSize;
            made.MaxLayers = given.MaxLayers;
            made.MaxArrays = given.MaxArrays;
            made.MaxAllocation = given.MaxAllocation;
            return made;
        }
    }

    /// <summary>What becomes of changes to a mapped array.</summary>
    public enum MmapMode { ReadOnly, ReadWrite, CopyOnWrite }

    /// <summary>Options of opening and creating a mapped array. Null stands for the defaults.</summary>
    public sealed class MmapOptions
    {
        /// <summary>Opening.</summary>
        public MmapMode Mode { get; set; }
        public Durability Durability { get; set; }
        /// <summary>Creating: a file of this name is replaced.</summary>
        public bool Replace { get; set; }
        /// <summary>Keep out others that ask for the lock.</summary>
        public bool Lock { get; set; }
        /// <summary>Opening: every byte of the header must be right.</summary>
        public bool Strict { get; set; }
        /// <summary>Creating: take all disk space at once.</summary>
        public bool Reserve { get; set; }

        [StructLayout(LayoutKind.Sequential)]
        internal struct Native
        {
            internal uint StructSize;
            internal int Mode, Durability;
            internal byte Replace, Lock, Strict, Reserve;
        }

        internal static unsafe Native Make(MmapOptions given)
        {
            var made = new Native();
            ArrayFormat.Native.Check(Raw.af_mmap_options_init((IntPtr)(&made), sizeof(Native), IntPtr.Zero));
            if (given == null) return made;
            made.Mode = (int)given.Mode;
            made.Durability = (int)given.Durability;
            made.Replace = (byte)(given.Replace ? 1 : 0);
            made.Lock = (byte)(given.Lock ? 1 : 0);
            made.Strict = (byte)(given.Strict ? 1 : 0);
            made.Reserve = (byte)(given.Reserve ? 1 : 0);
            return made;
        }
    }

    /// <summary>What a handle has asked of its store.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoStats
    {
        internal uint StructSize, Reserved;
        public long ReadRequests { get; private set; }
        public long BytesRead { get; private set; }
        public long WriteRequests { get; private set; }
        public long BytesWritten { get; private set; }
        public long BlocksDecoded { get; private set; }
        public long BytesDecoded { get; private set; }
        public long CacheHits { get; private set; }
    }

    /// <summary>One layer of a stack: the base has the number 0, sidecars those in their names.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct LayerInfo
    {
        internal uint StructSize;
        private byte foreign, reserved0, reserved1, reserved2;
        public long Number { get; private set; }
        public long Size { get; private set; }
        public long ArrayCount { get; private set; }
        public long BlockCount { get; private set; }
        private ulong id0, id1;

        /// <summary>Written by another library: no checksums, no index.</summary>
        public bool IsForeign { get { return foreign != 0; } }

        public byte[] Id
        {
            get
            {
                var id = new byte[16];
                BitConverter.GetBytes(id0).CopyTo(id, 0);
                BitConverter.GetBytes(id1).CopyTo(id, 8);
                return id;
            }
        }
    }

    /// <summary>What kind of store an atlas is.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AtlasInfo
    {
        internal uint StructSize;
        public Generation Generation { get; private set; }
        public int FooterVersion { get; private set; }
        public Codec Codec { get; private set; }
        public MetadataFormat MetadataFormat { get; private set; }
        public Codec MetadataCodec { get; private set; }
        public long Datasets { get; private set; }
        /// <summary>With deleted datasets that keep their rows.</summary>
        public long Rows { get; private set; }
        public long Variables { get; private set; }
        public long Epoch { get; private set; }
        public long CreatedUnixMs { get; private set; }
        /// <summary>The number of the commit that is seen; 0: none, or another library's.</summary>
        public long Commit { get; private set; }
    }

    /// <summary>Compares the structs above with the header's, for the tests.</summary>
    internal static class Layouts
    {
        [DllImport("arrayformat-csharp")]
        private static extern long af_cs_size_of(int which);

        internal static unsafe bool AreRight()
        {
            var sizes = new[] { sizeof(ArrayFileOptions.Native), sizeof(AtlasOptions.Native), sizeof(MmapOptions.Native), sizeof(LayerInfo),
                                sizeof(IoStats), sizeof(AtlasInfo) };
            for (var i = 0; i < sizes.Length; i++)
                if (af_cs_size_of(i) != sizes[i]) return false;
            return true;
        }
    }
}

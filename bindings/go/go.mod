module arrayformat.org/go

go 1.24

package bootstrap

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync"
)

// baseArchive packs the files of every machine, once: they are part of the program.
var baseArchive = sync.OnceValues(func() ([]byte, error) { return archive(Files()) })

// deploymentArchive packs what is particular to one machine.
func deploymentArchive(in Input) ([]byte, error) {
	files, err := deploymentFiles(in)
	if err != nil {
		return nil, err
	}
	return archive(files)
}

// archive packs files as a compressed tar that is the same for the same files.
func archive(files []File) ([]byte, error) {
	var packed bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("begin an archive: %w", err)
	}
	into := tar.NewWriter(compressed)
	for _, file := range files {
		if err := add(into, file); err != nil {
			return nil, fmt.Errorf("pack %s: %w", file.Path, err)
		}
	}
	if err := into.Close(); err != nil {
		return nil, fmt.Errorf("end an archive: %w", err)
	}
	if err := compressed.Close(); err != nil {
		return nil, fmt.Errorf("compress an archive: %w", err)
	}
	return packed.Bytes(), nil
}

func add(into *tar.Writer, file File) error {
	header := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     strings.TrimPrefix(file.Path, "/"),
		Mode:     int64(file.Mode),
		Size:     int64(len(file.Content)),
		Uname:    "root", Gname: "root",
		Format: tar.FormatUSTAR,
	}
	if err := into.WriteHeader(header); err != nil {
		return err
	}
	_, err := into.Write(file.Content)
	return err
}

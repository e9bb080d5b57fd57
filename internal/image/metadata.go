package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// metadata describes an image to Incus. It is JSON, which is YAML.
type metadata struct {
	Architecture string                  `json:"architecture"`
	CreationDate int64                   `json:"creation_date"`
	Properties   map[string]string       `json:"properties"`
	Templates    map[string]templateRule `json:"templates"`
}

type templateRule struct {
	When     []string `json:"when"`
	Template string   `json:"template"`
}

// template is a file that Incus writes into each new machine.
type template struct {
	Path    string
	Name    string
	Content string
}

func templates() []template {
	const seed = "/var/lib/cloud/seed/nocloud-net/"
	return []template{
		{"/etc/hostname", "hostname.tpl", "{{ container.name }}\n"},
		{"/etc/hosts", "hosts.tpl", "127.0.0.1 localhost\n127.0.1.1 {{ container.name }}\n::1 localhost\n"},
		{seed + "user-data", "user-data.tpl", "{{ config_get(\"cloud-init.user-data\", \"#cloud-config\") }}\n"},
	}
}

// writeMetadata writes the metadata tarball of the image.
func (b *builder) writeMetadata(path string, now time.Time) error {
	described := metadata{
		Architecture: architecture(),
		CreationDate: now.Unix(),
		Properties: map[string]string{
			"description": b.recipe.description, "os": b.recipe.release.os, "release": b.recipe.release.suite, digestKey: b.digest,
		},
		Templates: map[string]templateRule{},
	}
	seed := template{"/var/lib/cloud/seed/nocloud-net/meta-data", "meta-data.tpl", b.recipe.seed}
	var packed bytes.Buffer
	into := tar.NewWriter(&packed)
	for _, each := range append(templates(), seed) {
		described.Templates[each.Path] = templateRule{When: []string{"create", "copy"}, Template: each.Name}
		if err := addFile(into, "templates/"+each.Name, []byte(each.Content)); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(described, "", " ")
	if err != nil {
		return fmt.Errorf("encode the image's metadata: %w", err)
	}
	if err := addFile(into, "metadata.yaml", text); err != nil {
		return err
	}
	if err := into.Close(); err != nil {
		return fmt.Errorf("end the image's metadata: %w", err)
	}
	return os.WriteFile(path, packed.Bytes(), 0o644)
}

func addFile(into *tar.Writer, name string, content []byte) error {
	header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if err := into.WriteHeader(header); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if _, err := into.Write(content); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return nil
}

// fingerprint is the name that Incus gives the image: the hash of both files.
func (b *builder) fingerprint() (string, error) {
	sum := sha256.New()
	for _, name := range []string{metadataName, rootName} {
		file, err := os.Open(filepath.Join(b.folder(), name))
		if err != nil {
			return "", fmt.Errorf("open the finished image: %w", err)
		}
		_, err = io.Copy(sum, file)
		_ = file.Close()
		if err != nil {
			return "", fmt.Errorf("read the finished image: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// architecture is the kernel's name of what this program was built for.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "aarch64"
	}
	return "x86_64"
}

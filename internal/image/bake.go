package image

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/dictumal/dictumal/internal/bootstrap"
)

// bake makes the image's files in the cache.
func (b *builder) bake(ctx context.Context) error {
	if err := b.sweep(); err != nil {
		return err
	}
	if err := checkRoom(b.options.CacheDir); err != nil {
		return err
	}
	work, err := os.MkdirTemp(b.options.CacheDir, "work-")
	if err != nil {
		return fmt.Errorf("make a working folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	root := filepath.Join(work, "root")
	if err := b.install(ctx, root); err != nil {
		return err
	}
	b.say("Setting up the machine's own files")
	if err := b.customize(ctx, root); err != nil {
		return err
	}
	return b.pack(ctx, work)
}

// install makes the root from the distribution's packages.
func (b *builder) install(ctx context.Context, root string) error {
	sources, err := findMirrors(ctx, b.recipe.release)
	if err != nil {
		return err
	}
	archives := filepath.Join(b.options.CacheDir, "packages", b.recipe.release.suite)
	if err := os.MkdirAll(archives, 0o755); err != nil {
		return fmt.Errorf("make the folder for packages: %w", err)
	}
	b.say("Installing %d packages and what they need (a minute or two)", len(b.recipe.packages))
	arguments := []string{
		"--quiet", "--mode=root", "--variant=apt", "--skip=essential/unlink,cleanup/apt,check/empty",
		`--aptopt=Apt::Install-Recommends "false"`, `--aptopt=Apt::Keep-Downloaded-Packages "true"`,
		"--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
		"--include=" + strings.Join(b.recipe.packages, ","),
		`--setup-hook=mkdir -p "$1/var/cache/apt/archives"`,
		"--setup-hook=sync-in " + archives + " /var/cache/apt/archives",
		"--customize-hook=sync-out /var/cache/apt/archives " + archives,
	}
	for _, option := range sources.options {
		arguments = append(arguments, "--aptopt="+option)
	}
	if b.recipe.release.keys != "" {
		arguments = append(arguments, "--keyring="+b.recipe.release.keys)
	}
	arguments = append(arguments, "--components="+strings.Join(b.recipe.release.parts, ","), b.recipe.release.suite, root)
	return b.execute(ctx, "The packages could not be installed. Look at the lines above; "+
		"most often the package mirror cannot be reached", "mmdebstrap", append(arguments, sources.lines...)...)
}

// customize puts our files into the root and runs the recipe's commands in it.
func (b *builder) customize(ctx context.Context, root string) error {
	for _, file := range b.recipe.files {
		if err := place(root, file); err != nil {
			return err
		}
	}
	for _, command := range b.recipe.commands {
		if err := b.execute(ctx, "The image could not be set up", "chroot", append([]string{root}, command...)...); err != nil {
			return err
		}
	}
	return clean(root)
}

// pack compresses the root and moves both files to where the cache looks for them.
func (b *builder) pack(ctx context.Context, work string) error {
	b.say("Packing the image")
	err := b.execute(ctx, "The image could not be packed", "mksquashfs",
		filepath.Join(work, "root"), filepath.Join(work, rootName),
		"-noappend", "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "3")
	if err != nil {
		return err
	}
	if err := b.writeMetadata(filepath.Join(work, metadataName), time.Now()); err != nil {
		return err
	}
	if err := os.MkdirAll(b.folder(), 0o755); err != nil {
		return fmt.Errorf("make the image's folder: %w", err)
	}
	for _, name := range []string{rootName, metadataName} {
		if err := os.Rename(filepath.Join(work, name), filepath.Join(b.folder(), name)); err != nil {
			return fmt.Errorf("keep the finished image: %w", err)
		}
	}
	return nil
}

// execute runs a command; where it fails its last lines are part of the error.
func (b *builder) execute(ctx context.Context, failure, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %s: %w\n%s", failure, name, err, lastLines(output.String(), 12))
	}
	return nil
}

func place(root string, file bootstrap.File) error {
	path := filepath.Join(root, file.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of %s: %w", file.Path, err)
	}
	if err := os.WriteFile(path, file.Content, file.Mode); err != nil {
		return fmt.Errorf("write %s: %w", file.Path, err)
	}
	return os.Chmod(path, file.Mode)
}

// clean removes what belongs to the making of the root, and every identity that
// machines would share.
func clean(root string) error {
	gone := []string{
		"var/lib/apt/lists", "var/cache/apt", "var/log/apt", "var/log/dpkg.log", "var/log/bootstrap.log", "var/log/alternatives.log",
		"etc/apt/apt.conf.d/99mmdebstrap", "etc/machine-id", "var/lib/dbus/machine-id", "etc/resolv.conf", "etc/hostname",
	}
	keys, err := filepath.Glob(filepath.Join(root, "etc/ssh/ssh_host_*"))
	if err != nil {
		return fmt.Errorf("look for host keys: %w", err)
	}
	for _, path := range gone {
		keys = append(keys, filepath.Join(root, path))
	}
	for _, path := range keys {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("clean the root: %w", err)
		}
	}
	for _, folder := range []string{"var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			return fmt.Errorf("clean the root: %w", err)
		}
	}
	// Empty, not missing: systemd then makes an identity without taking the boot
	// for the first one of a new system and choosing the units anew.
	if err := os.WriteFile(filepath.Join(root, "etc/machine-id"), nil, 0o444); err != nil {
		return fmt.Errorf("clean the root: %w", err)
	}
	return os.Symlink("../run/systemd/resolve/resolv.conf", filepath.Join(root, "etc/resolv.conf"))
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}

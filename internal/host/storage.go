package host

import (
	"context"
	"fmt"
	"syscall"

	"github.com/dictumal/dictumal/internal/incus"
)

// pool makes the storage pool. On btrfs a machine is a snapshot of its image
// and there in a moment; a plain folder works on every kernel.
func (s *setup) pool(ctx context.Context) error {
	_, err := s.client.Pool(ctx, Pool)
	if !incus.NotFound(err) {
		return err
	}
	size, err := loopSize("/var/lib/incus")
	if err != nil {
		return err
	}
	s.say("Making the storage pool %s on btrfs, up to %d GiB in a file that grows.", Pool, size)
	config := map[string]string{"size": fmt.Sprintf("%dGiB", size)}
	err = s.client.CreatePool(ctx, incus.Pool{Name: Pool, Driver: "btrfs", Config: config})
	if err == nil {
		return nil
	}
	s.say("This host cannot do btrfs (%v): making the pool in a folder, where machines start more slowly.", err)
	return s.client.CreatePool(ctx, incus.Pool{Name: Pool, Driver: "dir", Config: map[string]string{}})
}

// Private

// loopSize is how large the pool's file may become, in GiB: most of what is
// free, at least 5 and at most 100. The file is sparse.
func loopSize(path string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return 0, fmt.Errorf("look for free space under %s: %w", path, err)
	}
	free := disk.Bavail * uint64(disk.Bsize) >> 30
	return min(max(free*8/10, 5), 100), nil
}

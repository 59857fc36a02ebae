// How many processors this process may use.
#pragma once

#include <string>

namespace sunhwan {

// The processors of the affinity mask, no more than the control group's quota, at least 1.
int usable_processors();

// The CPU quota, in processors, of the control groups that `membership` (as /proc/self/cgroup)
// lists, with their hierarchies mounted under `root` (as /sys/fs/cgroup): versions 1 and 2, the
// smallest on the way up. 0 where there is none.
double control_group_quota(const std::string& membership, const std::string& root);

}  // namespace sunhwan

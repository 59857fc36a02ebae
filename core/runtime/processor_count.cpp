#include "runtime/processor_count.h"

#include <cmath>
#include <fstream>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace sunhwan {
namespace {

// quota / period, 0 where there is none.
double processors(double quota, double period) {
    return quota > 0 && period > 0 ? quota / period : 0.0;
}

double read_number(const std::string& path) {
    std::ifstream file(path);
    double value = 0;
    return file >> value ? value : 0.0;
}

// Version 2: "max 100000" or "150000 100000".
double unified_quota(const std::string& folder) {
    std::ifstream file(folder + "/cpu.max");
    double quota = 0, period = 0;
    return file >> quota >> period ? processors(quota, period) : 0.0;
}

double legacy_quota(const std::string& folder) {
    return processors(read_number(folder + "/cpu.cfs_quota_us"),
                      read_number(folder + "/cpu.cfs_period_us"));
}

// The smallest quota from `root + group` up to `root`.
template <typename Read>
double smallest_quota(const std::string& root, std::string group, const Read& read) {
    double smallest = 0;
    for (;;) {
        const double quota = read(root + group);
        if (quota > 0 && (smallest <= 0 || quota < smallest)) smallest = quota;
        if (group.empty()) return smallest;
        const std::size_t slash = group.find_last_of('/');
        group.resize(slash == std::string::npos ? 0 : slash);
    }
}

bool lists_cpu(const std::string& controllers) {
    return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

double control_group_quota(const std::string& membership, const std::string& root) {
    std::ifstream file(membership);
    double smallest = 0;
    for (std::string line; std::getline(file, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string group = line.substr(second + 1);
        double quota = 0;
        if (controllers.empty())
            quota = smallest_quota(root, group, unified_quota);
        else if (lists_cpu(controllers))
            quota = smallest_quota(root + "/cpu", group, legacy_quota);
        if (quota > 0 && (smallest <= 0 || quota < smallest)) smallest = quota;
    }
    return smallest;
}

int usable_processors() {
    int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) == 0) count = CPU_COUNT(&mask);
    const double quota = control_group_quota("/proc/self/cgroup", "/sys/fs/cgroup");
    if (quota > 0 && quota < count) count = static_cast<int>(std::ceil(quota));
#endif
    return count < 1 ? 1 : count;
}

}  // namespace sunhwan

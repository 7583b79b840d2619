// pscope as a script runs it, for the tests of the command line.
#pragma once

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <functional>

struct Outcome {
    int code = -1;
    QByteArray out, err;
    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

// inChild runs in the new process before the program starts.
inline Outcome pscope(const QStringList& arguments, const std::function<void()>& inChild = {})
{
    QProcess process;
    if (inChild)
        process.setChildProcessModifier(inChild);
    process.start(PSCOPE, arguments);
    Outcome outcome;
    if (process.waitForFinished(300000) && process.exitStatus() == QProcess::NormalExit)
        outcome = {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    return outcome;
}

inline const QString kSource = PERCEIVERSCOPE_SOURCE_DIR;

inline QString testCase(const char* name)
{
    const QString own = kSource + "/tests/cases/" + name; // some are the self-test's
    return QDir(own).exists() ? own : kSource + "/assets/selftest/" + name;
}

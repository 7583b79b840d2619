// What exported files hold, read by other means than the program's own. For tests; empty answers where a file cannot be
// read.
#pragma once

#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

namespace checks {

inline QByteArray content(const QString& name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What is not well-formed; empty: it is.
inline QString wrongWithXml(const QString& name)
{
    QXmlStreamReader reader(content(name));
    int elements = 0;
    while (!reader.atEnd())
        elements += reader.readNext() == QXmlStreamReader::StartElement;
    return reader.hasError() ? reader.errorString() : elements == 0 ? QString("no elements") : QString();
}

struct Csv {
    int64_t count = 0; // of weights
    double sum = 0;
};

// Every line but the head ends with its weight.
inline Csv readCsv(const QString& name)
{
    Csv csv;
    const QList<QByteArray> lines = content(name).split('\n');
    for (qsizetype i = 1; i < lines.size(); ++i)
        if (!lines[i].trimmed().isEmpty()) {
            ++csv.count;
            csv.sum += lines[i].trimmed().split(',').last().toDouble();
        }
    return csv;
}

// As its head writes it: "(12,34,)", a tuple as NumPy reads it.
inline QString npyShape(const QString& name)
{
    static const QRegularExpression shape("'shape': (\\([^)]*\\))");
    return shape.match(QString::fromLatin1(content(name).left(128))).captured(1);
}

} // namespace checks

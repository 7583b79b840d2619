// The encoder's inputs as rows [M, C]: stored whole; or, where each row is a point of a grid, as their features alone,
// beside the grid's positions, whose channels are made when rows are wanted whole and never stored (attention.md 3.2).
// Engine thread.
#pragma once

#include "engine/perceiver/inputs.h"
#include "engine/perceiver/position_table.h"

namespace engine::perceiver {

// A grid of rows [ features | positions | padding ], in the forms that folded attention wants.
struct RowGrid {
    PositionTable table;
    Shape extents;
    int64_t features = 0; // F; 0: positions and padding alone
    int64_t channels = 0; // C
    ops::Tensor padding; // [1, C - F - positions] or none: what every row ends with
    std::vector<ops::Tensor>
        wide; // [extent, C]: an axis' channels at their places in a row; the padding with the first
    std::vector<ops::Tensor> sums; // [extent, 2]: their sum and sum of squares

    ops::GridPoints points(int64_t first = 0) const { return {extents, first}; }
};
std::shared_ptr<const RowGrid> rowGrid(ops::Device& device, const Shape& grid, const Shape& maxResolution,
    int64_t bands, int64_t features, Grid kind = Grid::Closed, const HostTensor* padding = nullptr);
// Rows of a grid, whole: features [n, F] (none where F is 0), from point `first` on, or at the listed points.
ops::Tensor wholeRows(ops::Device& device, const RowGrid& grid, const ops::Tensor& features, const Selection& points);
// Mean and 1/sigma of `count` whole rows from point `first` on: [count, 2].
ops::Tensor rowStatistics(
    ops::Device& device, const RowGrid& grid, const ops::Tensor& features, int64_t first, int64_t count);

class TokenRows {
public:
    TokenRows() = default;
    TokenRows(ops::Tensor whole) : m_stored(std::move(whole)) { } // implicit: the usual case
    // features [M, F] of all points of the grid.
    TokenRows(ops::Device& device, ops::Tensor features, std::shared_ptr<const RowGrid> grid);

    int64_t rows() const { return m_stored.rows(); }
    int64_t columns() const { return m_grid ? m_grid->channels : m_stored.columns(); } // C
    const std::shared_ptr<const RowGrid>& grid() const { return m_grid; } // none: stored whole
    const ops::Tensor& stored() const { return m_stored; } // [M, C], or of a grid the features [M, F]
    const ops::Tensor& statistics() const { return m_statistics; } // of a grid: mean and 1/sigma of whole rows [M, 2]

    ops::Tensor range(ops::Device& device, int64_t first, int64_t count) const; // [count, C]
    ops::Tensor chosen(ops::Device& device, const Selection& rows) const; // [n, C]

private:
    ops::Tensor m_stored, m_statistics;
    std::shared_ptr<const RowGrid> m_grid;
};

// Rows of a table: first … or those listed.
ops::Tensor chosenRows(ops::Device& device, const ops::Tensor& table, const Selection& selection);

} // namespace engine::perceiver
